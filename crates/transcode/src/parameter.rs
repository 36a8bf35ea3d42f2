//! Values given as text: path variables and query parameters.

use base64::Engine as _;
use prost_reflect::{DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value};
use serde_json::Value as Json;

use crate::{
    error::Refusal,
    json::{self, BASE64},
};

/// The fields along a dotted path, in either spelling; `None` where one of them does not exist or is not a message that
/// has fields of its own.
pub(crate) fn fields(message: &MessageDescriptor, path: &str) -> Option<Vec<FieldDescriptor>> {
    let mut fields: Vec<FieldDescriptor> = Vec::new();
    for name in path.split('.') {
        let inside = match fields.last() {
            None => message.clone(),
            Some(field) if field.is_list() || field.is_map() => return None,
            Some(field) => field.kind().as_message()?.clone(),
        };
        fields.push(json::field_of(&inside, name)?);
    }
    Some(fields)
}

/// The path of fields as errors name it.
pub(crate) fn name(fields: &[FieldDescriptor]) -> String {
    fields.iter().map(FieldDescriptor::name).collect::<Vec<_>>().join(".")
}

/// Puts a text into the field at the end of a path; a repeated field gets one element more.
pub(crate) fn set(message: &mut DynamicMessage, fields: &[FieldDescriptor], text: &str) -> Result<(), Refusal> {
    let path = name(fields);
    let Some((last, parents)) = fields.split_last() else {
        return Ok(());
    };
    let value = parse(&last.kind(), text).map_err(|rule| Refusal::field(&path, rule))?;
    let target = descend(message, parents).ok_or_else(|| Refusal::field(&path, "can't be given as text"))?;
    if last.is_map() {
        return Err(Refusal::field(&path, "can't be given as text"));
    }
    if last.is_list() {
        if let Some(list) = target.get_field_mut(last).as_list_mut() {
            list.push(value);
        }
        return Ok(());
    }
    if let Some(oneof) = last.containing_oneof()
        && let Some(other) = oneof.fields().find(|field| field != last && target.has_field(field))
    {
        return Err(Refusal::field(path, format!("can't be given together with {}", other.name())));
    }
    target.set_field(last, value);
    Ok(())
}

fn descend<'m>(message: &'m mut DynamicMessage, fields: &[FieldDescriptor]) -> Option<&'m mut DynamicMessage> {
    fields.iter().try_fold(message, |message, field| message.get_field_mut(field).as_message_mut())
}

/// The value that a text stands for; the error says what it must be.
fn parse(kind: &Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::String => Ok(Value::String(text.to_owned())),
        Kind::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err("must be true or false".to_owned()),
        },
        Kind::Bytes => {
            let bytes = BASE64.decode(text.replace('-', "+").replace('_', "/"));
            bytes.map(|bytes| Value::Bytes(bytes.into())).map_err(|_| "must be base64".to_owned())
        }
        Kind::Enum(descriptor) => enumeration(descriptor, text).map(Value::EnumNumber),
        Kind::Message(descriptor) => message(descriptor, text).map(Value::Message),
        number => json::number_from_text(number, text),
    }
}

/// An enum's value by its name, its number, or its name without the enum's own prefix in any case.
fn enumeration(descriptor: &EnumDescriptor, text: &str) -> Result<i32, String> {
    if let Some(value) = descriptor.get_value_by_name(text) {
        return Ok(value.number());
    }
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    let prefix = prefix(descriptor);
    let short = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_ascii_lowercase();
    let wanted = text.to_ascii_lowercase().replace('-', "_");
    let found = descriptor.values().find(|value| short(value.name()) == wanted);
    found.map(|value| value.number()).ok_or_else(|| {
        let names: Vec<_> = descriptor.values().filter(|value| value.number() != 0).map(|v| short(v.name())).collect();
        format!("must be one of {}", names.join(", "))
    })
}

/// The prefix that the values of an enum bear by convention: `ExportFormat` gives `EXPORT_FORMAT_`.
fn prefix(descriptor: &EnumDescriptor) -> String {
    let mut prefix = String::new();
    for (index, letter) in descriptor.name().char_indices() {
        if letter.is_ascii_uppercase() && index > 0 {
            prefix.push('_');
        }
        prefix.push(letter.to_ascii_uppercase());
    }
    prefix + "_"
}

/// A message that has a text of its own, such as a timestamp or a wrapped number.
fn message(descriptor: &MessageDescriptor, text: &str) -> Result<DynamicMessage, String> {
    let name = descriptor.full_name();
    if name.starts_with("google.protobuf.") && name.ends_with("Value") {
        if let Some(field) = descriptor.get_field_by_name("value") {
            let mut message = DynamicMessage::new(descriptor.clone());
            message.set_field(&field, parse(&field.kind(), text)?);
            return Ok(message);
        }
    } else if let Some(rule) = json::text_form(name) {
        let parsed = DynamicMessage::deserialize(descriptor.clone(), Json::String(text.to_owned()));
        return parsed.map_err(|_| rule.to_owned());
    }
    Err("can't be given as text".to_owned())
}
