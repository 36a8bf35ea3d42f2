//! Renders what is implemented for messages by their options: reasons, and `Debug` that keeps secrets.

use anyhow::{Context as _, Result, ensure};
use proc_macro2::TokenStream;
use prost_reflect::{DescriptorPool, FieldDescriptor, MessageDescriptor};
use quote::quote;

use super::{
    code::{field_name, file, message_path, number, variant},
    is_ours,
    options::{enum_of, extension, field, oneof},
};

/// The status code of every reason.
pub(super) fn reasons(pool: &DescriptorPool) -> Result<String> {
    let option = extension(pool, "labelmesh.errors.v1.code")?;
    let reasons = enum_of(pool, "labelmesh.errors.v1.Reason")?;
    let mut codes = Vec::new();
    for value in reasons.values() {
        let options = value.options();
        ensure!(options.has_extension(&option), "{} has no status code", value.name());
        let code = options.get_extension(&option).as_enum_number().context("a status code is an enum")?;
        let (reason, code) = (variant(&reasons, value.number())?, number(u32::try_from(code)?));
        codes.push(quote!(Reason::#reason => tonic::Code::from_i32(#code)));
    }
    file(quote! {
        use crate::errors::v1::Reason;

        impl Reason {
            /// The gRPC status code with which the reason travels.
            #[must_use]
            pub fn code(self) -> tonic::Code {
                match self { #(#codes),* }
            }
        }
    })
}

/// The messages that have a field marked `debug_redact`.
pub(super) fn redacted_messages(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    let ours = pool.all_messages().filter(|message| is_ours(message.parent_file().name()));
    ours.filter(|message| message.fields().any(|field| is_redacted(&field))).collect()
}

/// `Debug` for messages with secrets, which shows that they are there but not what they are.
pub(super) fn redacted(pool: &DescriptorPool) -> Result<String> {
    let messages = redacted_messages(pool);
    let messages = messages.iter().map(debug).collect::<Result<Vec<_>>>()?;
    file(quote!(#(#messages)*))
}

fn debug(message: &MessageDescriptor) -> Result<TokenStream> {
    let mut fields = Vec::new();
    for field in message.fields() {
        let (name, member) = (field.name(), field_name(field.name()));
        let free = oneof(&field).is_none();
        ensure!(free, "{}: a oneof in a message with secrets is new to the generator", field.full_name());
        let value = if is_redacted(&field) { quote!(&"[redacted]") } else { quote!(&self.#member) };
        fields.push(quote!(.field(#name, #value)));
    }
    let (path, name) = (message_path(message), message.name());
    Ok(quote! {
        impl std::fmt::Debug for #path {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(#name) #(#fields)* .finish()
            }
        }
    })
}

fn is_redacted(descriptor: &FieldDescriptor) -> bool {
    field(&descriptor.options(), "debug_redact").as_bool().unwrap_or_default()
}
