//! Renders which texts of requests are looked at, and for what.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use proc_macro2::{Literal, TokenStream};
use prost_reflect::{DescriptorPool, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use quote::quote;

use super::{
    code::{field_name, file, member_path, message_path, variant},
    is_ours,
    options::{enum_of, extension, most_items, oneof, reach, services},
};

/// An implementation for every message that is sent or answered: with the texts of what is reached from a request, and
/// without any for the others.
pub(super) fn texts(pool: &DescriptorPool) -> Result<String> {
    let option = extension(pool, "labelmesh.type.v1.text")?;
    let (mut requests, mut answers) = (BTreeMap::new(), BTreeMap::new());
    for method in services(pool).flat_map(|service| service.methods().collect::<Vec<_>>()) {
        reach(method.input(), &mut requests);
        answers.insert(method.output().full_name().to_owned(), method.output());
    }
    answers.retain(|name, _| !requests.contains_key(name));
    let requests = requests.values().map(|message| looking(message, &option)).collect::<Result<Vec<_>>>()?;
    let answers = answers.values().map(message_path);
    file(quote! {
        use crate::{r#type::v1::Text, text::{Look, Texts}};

        #(#requests)*
        #(impl Texts for #answers {})*
    })
}

fn looking(message: &MessageDescriptor, option: &ExtensionDescriptor) -> Result<TokenStream> {
    let path = message_path(message);
    let mut looks = Vec::new();
    for field in message.fields() {
        looks.extend(look(&field, option)?);
    }
    let method = (!looks.is_empty()).then(|| quote!(fn look(&self, look: &mut Look<'_>) { #(#looks)* }));
    Ok(quote!(impl Texts for #path { #method }))
}

/// How a field is looked at; `None` where it holds no text.
fn look(field: &FieldDescriptor, option: &ExtensionDescriptor) -> Result<Option<TokenStream>> {
    let most = if field.is_list() { Some(most_items(field)?) } else { None };
    let text = match field.kind() {
        Kind::String => {
            let texts = enum_of(field.parent_pool(), "labelmesh.type.v1.Text")?;
            Some(variant(&texts, field.options().get_extension(option).as_enum_number().unwrap_or_default())?)
        }
        Kind::Message(message) if is_ours(message.parent_file().name()) => None,
        _ => return Ok(None),
    };
    ensure!(!field.is_map(), "{}: a map in a request is new to the generator", field.full_name());
    let (name, member) = (field.name(), field_name(field.name()));
    let look = |index: TokenStream, value: TokenStream| match &text {
        Some(text) => quote!(look.text(Text::#text, #name, #index, #value);),
        None => quote!(look.within(#name, #index, #value);),
    };
    if let Some(most) = most {
        let (look, most) = (look(quote!(Some(index)), quote!(each)), Literal::usize_unsuffixed(most));
        return Ok(Some(quote!(for (index, each) in self.#member.iter().take(#most).enumerate() { #look })));
    }
    if !field.supports_presence() {
        return Ok(Some(look(quote!(None), quote!(&self.#member))));
    }
    let look = look(quote!(None), quote!(value));
    Ok(Some(match oneof(field) {
        Some(oneof) => {
            let (holder, variant) = (field_name(oneof.name()), member_path(&oneof, field));
            quote!(if let Some(#variant(value)) = &self.#holder { #look })
        }
        None => quote!(if let Some(value) = &self.#member { #look }),
    }))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::contract;

    /// Texts wherever a message may hold them.
    const CONTRACT: &str = r#"
        syntax = "proto3";
        package labelmesh.shop.v1;
        import "buf/validate/validate.proto";
        import "labelmesh/type/v1/text.proto";

        service ShopService { rpc Order(OrderRequest) returns (OrderResponse); }

        message OrderRequest {
            message Voucher { string code = 1; }
            string type = 1;
            optional string note = 2 [(labelmesh.type.v1.text) = TEXT_LINES];
            optional uint32 count = 3;
            oneof paid_by {
                string card_number = 4;
                Voucher voucher = 5;
                bool later = 6;
            }
            repeated Voucher more = 7 [(buf.validate.field).repeated.max_items = 9];
        }
        message OrderResponse { string order_id = 1; }
    "#;

    const EXPECTED: &str = r#"
        impl Texts for crate::shop::v1::OrderRequest {
            fn look(&self, look: &mut Look<'_>) {
                look.text(Text::Unspecified, "type", None, &self.r#type);
                if let Some(value) = &self.note {
                    look.text(Text::Lines, "note", None, value);
                }
                if let Some(crate::shop::v1::order_request::PaidBy::CardNumber(value)) = &self.paid_by {
                    look.text(Text::Unspecified, "card_number", None, value);
                }
                if let Some(crate::shop::v1::order_request::PaidBy::Voucher(value)) = &self.paid_by {
                    look.within("voucher", None, value);
                }
                for (index, each) in self.more.iter().take(9).enumerate() {
                    look.within("more", Some(index), each);
                }
            }
        }
        impl Texts for crate::shop::v1::order_request::Voucher {
            fn look(&self, look: &mut Look<'_>) {
                look.text(Text::Unspecified, "code", None, &self.code);
            }
        }
        impl Texts for crate::shop::v1::OrderResponse {}
    "#;

    /// A contract in `folder`, compiled.
    fn compiled(folder: &Path, contract: &str) -> Vec<u8> {
        let file = folder.join("labelmesh/shop/v1/shop.proto");
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(&file, contract).expect("written");
        let proto = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../proto"));
        let mut compiler = protox::Compiler::new([folder, proto, &proto.join("third_party")]).expect("folders");
        compiler.include_imports(true).open_file(&file).expect("a contract");
        compiler.encode_file_descriptor_set()
    }

    #[test]
    fn a_list_in_a_request_says_how_long_it_may_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let endless = CONTRACT.replace("[(buf.validate.field).repeated.max_items = 9]", "");
        let pool = DescriptorPool::decode(compiled(folder.path(), &endless).as_slice()).expect("descriptors");
        let refused = texts(&pool).expect_err("it has no end").to_string();
        assert!(refused.contains("OrderRequest.more"), "{refused}");
    }

    #[test]
    fn optional_texts_and_those_of_a_oneof_are_looked_at() {
        let folder = tempfile::tempdir().expect("a folder");
        let encoded = compiled(folder.path(), CONTRACT);
        let pool = DescriptorPool::decode(encoded.as_slice()).expect("descriptors");

        let found = syn::parse_file(&texts(&pool).expect("rendered")).expect("Rust").items;
        assert_eq!(found[1..], syn::parse_file(EXPECTED).expect("Rust").items);

        // What is named there is what the messages are made of.
        contract::generate_messages(&encoded, &pool, folder.path()).expect("messages");
        let messages = fs::read_to_string(folder.path().join("labelmesh.shop.v1.rs")).expect("written");
        for part in ["r#type: ", "note: ::core::option::Option<", "mod order_request", "enum PaidBy", "CardNumber("] {
            assert!(messages.contains(part), "{part:?} is not in {messages}");
        }
    }
}
