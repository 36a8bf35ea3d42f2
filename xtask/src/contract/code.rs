//! Turns tokens into the text of a generated file, and names of the contract into names of Rust.

use anyhow::{Context as _, Result};
use proc_macro2::{Span, TokenStream};
use syn::Ident;

/// The first line of each file.
const HEADER: &str = "// Generated from proto/ by `./dev gen`; do not edit.\n";

/// The text of a file of these items, with an empty line between two of them.
pub(super) fn file(items: TokenStream) -> Result<String> {
    let file: syn::File = syn::parse2(items).context("the generator writes Rust")?;
    let items = file.items.into_iter().map(|item| syn::File { shebang: None, attrs: Vec::new(), items: vec![item] });
    Ok(items.fold(HEADER.to_owned(), |text, item| text + "\n" + &prettyplease::unparse(&item)))
}

/// The Rust name of a field or of the field that a oneof becomes.
pub(super) fn field_name(name: &str) -> Ident {
    syn::parse_str(name).unwrap_or_else(|_| Ident::new_raw(name, Span::call_site()))
}
