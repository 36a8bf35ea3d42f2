//! Turns tokens into the text of a generated file, and names of the contract into names of Rust.

use anyhow::{Context as _, Result};
use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::{Literal, Span, TokenStream};
use prost_reflect::{EnumDescriptor, FieldDescriptor, MessageDescriptor, OneofDescriptor};
use quote::quote;
use syn::Ident;

/// The first line of each file.
const HEADER: &str = "// Generated from proto/ by `./dev gen`; do not edit.\n";

/// The text of a file of these items, with an empty line between two of them.
pub(super) fn file(items: TokenStream) -> Result<String> {
    let file: syn::File = syn::parse2(items).context("the generator writes Rust")?;
    let items = file.items.into_iter().map(|item| syn::File { shebang: None, attrs: Vec::new(), items: vec![item] });
    Ok(items.fold(HEADER.to_owned(), |text, item| text + "\n" + &prettyplease::unparse(&item)))
}

/// A number without the suffix that `quote` would give it.
pub(super) fn number(number: u32) -> Literal {
    Literal::u32_unsuffixed(number)
}

/// The Rust name of a field or of the field that a oneof becomes.
pub(super) fn field_name(name: &str) -> Ident {
    syn::parse_str(name).unwrap_or_else(|_| Ident::new_raw(name, Span::call_site()))
}

/// The Rust name that prost gives an enum's value: without the enum's prefix, in camel case.
pub(super) fn variant(descriptor: &EnumDescriptor, number: i32) -> Result<Ident> {
    let value =
        descriptor.get_value(number).with_context(|| format!("{} has no value {number}", descriptor.full_name()))?;
    let name = value.name().to_upper_camel_case();
    let stripped = name.strip_prefix(&descriptor.name().to_upper_camel_case()).unwrap_or(&name);
    Ok(Ident::new(stripped, Span::call_site()))
}

/// The path of a message in `crates/proto`, such as `crate::r#type::v1::Part`.
pub(super) fn message_path(message: &MessageDescriptor) -> TokenStream {
    let (module, name) = (module_of(message), Ident::new(message.name(), Span::call_site()));
    quote!(#module::#name)
}

/// The path of the variant that holds a member of a oneof.
pub(super) fn member_path(oneof: &OneofDescriptor, member: &FieldDescriptor) -> TokenStream {
    let module = within(oneof.parent_message());
    let camel = |name: &str| Ident::new(&name.to_upper_camel_case(), Span::call_site());
    let (kind, variant) = (camel(oneof.name()), camel(member.name()));
    quote!(#module::#kind::#variant)
}

/// The module in which prost puts a message.
fn module_of(message: &MessageDescriptor) -> TokenStream {
    if let Some(parent) = message.parent_message() {
        return within(&parent);
    }
    let package = message.package_name();
    let names = package.strip_prefix("labelmesh.").unwrap_or(package).split('.').map(field_name);
    quote!(crate #(::#names)*)
}

/// The module in which prost puts what a message declares.
fn within(message: &MessageDescriptor) -> TokenStream {
    let (module, name) = (module_of(message), field_name(&message.name().to_snake_case()));
    quote!(#module::#name)
}
