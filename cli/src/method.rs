//! The name of a method, as it is typed.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use labelmesh_consensus::Method;

/// Takes the names of `crates/consensus`; help lists them, each with a line of explanation.
pub(crate) fn parser() -> impl TypedValueParser<Value = Method> {
    let names = Method::ALL.map(|method| PossibleValue::new(method.name()).help(method.summary()));
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Method>())
}
