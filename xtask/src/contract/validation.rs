//! Completes the validation code that a dependency writes.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Item, Type};

use super::{
    code::{file, message_path},
    is_ours,
};

/// The validation code, and for every message without a rule one that accepts, so that each message is `Validate`.
pub(super) fn complete(generated: &str, pool: &DescriptorPool) -> Result<String> {
    let generated = syn::parse_file(generated).context("the validation code is Rust")?.items;
    let validated: HashSet<String> = generated.iter().filter_map(validated).collect();
    let messages = pool.all_messages().filter(|message| has_code(message) && !message.is_map_entry());
    let paths = messages.map(|message| message_path(&message)).filter(|path| !validated.contains(&path.to_string()));
    file(quote! {
        #(#generated)*
        #(impl ::prost_protovalidate::Validate for #paths {
            fn validate(&self) -> Result<(), ::prost_protovalidate::ValidationError> {
                Ok(())
            }
        })*
    })
}

/// Whether the message is a type of `crates/proto`.
fn has_code(message: &MessageDescriptor) -> bool {
    is_ours(message.parent_file().name()) || message.package_name() == "google.api"
}

/// The message whose validation an item is, by its path in `crates/proto`.
fn validated(item: &Item) -> Option<String> {
    let Item::Impl(item) = item else { return None };
    let Type::Path(message) = item.self_ty.as_ref() else { return None };
    let (_, implemented, _) = item.trait_.as_ref()?;
    // Paths there begin with the package: the crate has `google` as such, and what is below `labelmesh`.
    let mut segments = message.path.segments.clone();
    let root = format_ident!("crate");
    match segments.first_mut()? {
        first if first.ident == "labelmesh" => first.ident = root,
        _ => segments.insert(0, root.into()),
    }
    (implemented.segments.last()?.ident == "Validate").then(|| segments.to_token_stream().to_string())
}
