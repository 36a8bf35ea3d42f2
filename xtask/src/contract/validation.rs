//! Completes the validation code that a dependency writes: every message has some, and of a list that is too long no
//! item is looked at.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Block, Expr, ImplItem, Item, Stmt, Type, parse_quote};

use super::{
    code::{file, message_path},
    is_ours,
};

/// The validation code, and for every message without a rule one that accepts, so that each message is `Validate`.
pub(super) fn complete(generated: &str, pool: &DescriptorPool) -> Result<String> {
    let mut generated = syn::parse_file(generated).context("the validation code is Rust")?.items;
    generated.iter_mut().filter_map(body).for_each(leave_out_long_lists);
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

/// What the only function of an implementation does.
fn body(item: &mut Item) -> Option<&mut Block> {
    let Item::Impl(item) = item else { return None };
    item.items
        .iter_mut()
        .find_map(|item| if let ImplItem::Fn(function) = item { Some(&mut function.block) } else { None })
}

/// Looks at the items of a list only where it is no longer than it may be: a request is not to cost what it has room
/// for.
fn leave_out_long_lists(body: &mut Block) {
    let mut bounds: Vec<Expr> = Vec::new();
    for statement in &mut body.stmts {
        if let Some(bound) = bound(statement) {
            bounds.push(bound);
            continue;
        }
        let text = statement.to_token_stream().to_string();
        let exceeded = bounds.iter().find(|bound| list(bound).is_some_and(|list| mentions(&text, &list)));
        if let Some(exceeded) = exceeded {
            *statement = parse_quote!(if !(#exceeded) { #statement });
        }
    }
}

/// The condition under which a list is too long, where that is what a statement looks for.
fn bound(statement: &Stmt) -> Option<Expr> {
    let Stmt::Expr(Expr::If(branch), _) = statement else { return None };
    let looks = branch.then_branch.to_token_stream().to_string().contains("\"repeated.max_items\"");
    looks.then(|| branch.cond.as_ref().clone())
}

/// The list whose length a condition compares, such as `self . labels`.
fn list(condition: &Expr) -> Option<String> {
    let Expr::Binary(comparison) = condition else { return None };
    let Expr::MethodCall(length) = comparison.left.as_ref() else { return None };
    Some(length.receiver.to_token_stream().to_string())
}

/// Whether tokens name a field, and not only one whose name begins alike.
fn mentions(tokens: &str, field: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    tokens.match_indices(field).any(|(at, _)| !tokens[at + field.len()..].starts_with(is_part))
}
