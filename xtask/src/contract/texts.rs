//! Renders which texts of requests are looked at, and for what.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Result, ensure};
use prost_reflect::{DescriptorPool, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor};

use super::{
    is_ours,
    render::{HEADER, enum_of, extension, rust_path, variant},
};

/// An implementation for every message that is sent or answered: with the texts of what is reached from a request, and
/// without any for the others.
pub(super) fn texts(pool: &DescriptorPool) -> Result<String> {
    let option = extension(pool, "labelmesh.type.v1.text")?;
    let (mut requests, mut answers) = (BTreeMap::new(), BTreeMap::new());
    for service in pool.services().filter(|service| is_ours(service.parent_file().name())) {
        for method in service.methods() {
            reach(method.input(), &mut requests);
            answers.insert(method.output().full_name().to_owned(), method.output());
        }
    }
    let mut text = String::from(HEADER);
    text.push_str("use crate::{r#type::v1::Text, text::{Look, Texts}};\n\n");
    for message in requests.values() {
        let looks = message.fields().map(|field| look(&field, &option)).collect::<Result<String>>()?;
        let body = if looks.is_empty() { looks } else { format!("fn look(&self, look: &mut Look) {{ {looks} }}") };
        writeln!(text, "impl Texts for {} {{ {body} }}\n", rust_path(message))?;
    }
    for message in answers.iter().filter(|(name, _)| !requests.contains_key(*name)).map(|(_, message)| message) {
        writeln!(text, "impl Texts for {} {{}}\n", rust_path(message))?;
    }
    Ok(text)
}

/// The messages of ours that a message holds, and itself.
fn reach(message: MessageDescriptor, reached: &mut BTreeMap<String, MessageDescriptor>) {
    if !is_ours(message.parent_file().name()) || reached.contains_key(message.full_name()) {
        return;
    }
    reached.insert(message.full_name().to_owned(), message.clone());
    for field in message.fields() {
        if let Kind::Message(message) = field.kind() {
            reach(message, reached);
        }
    }
}

/// How a field is looked at.
fn look(field: &FieldDescriptor, option: &ExtensionDescriptor) -> Result<String> {
    let name = field.name();
    let call = match field.kind() {
        Kind::String => {
            let texts = enum_of(field.parent_pool(), "labelmesh.type.v1.Text")?;
            let number = field.options().get_extension(option).as_enum_number().unwrap_or_default();
            format!("look.text(Text::{}, {name:?}", variant(&texts, number)?)
        }
        Kind::Message(message) if is_ours(message.parent_file().name()) => format!("look.within({name:?}"),
        _ => return Ok(String::new()),
    };
    ensure!(!field.is_map() && field.containing_oneof().is_none(), "{} is new to the generator", field.full_name());
    Ok(match (field.is_list(), field.kind()) {
        (true, _) => {
            format!("for (index, each) in self.{name}.iter().enumerate() {{ {call}, Some(index), each); }}")
        }
        (false, Kind::String) => format!("{call}, None, &self.{name});"),
        (false, _) => format!("if let Some(message) = &self.{name} {{ {call}, None, message); }}"),
    })
}
