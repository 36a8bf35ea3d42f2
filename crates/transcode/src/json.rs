//! The proto3 JSON mapping, with errors that name the field.

use base64::{
    alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, SerializeOptions, Value};
use serde_json::Value as Json;

use crate::error::Refusal;

mod scalar;

pub(crate) use scalar::number_from_text;

/// Standard base64 with or without padding.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A message as JSON. Fields without presence are named also where they have their default value.
///
/// # Errors
///
/// Fails where the mapping has no form for a value: a timestamp out of range, or an `Any` of an unknown type.
pub fn to_json(message: &DynamicMessage) -> Result<String, serde_json::Error> {
    let mut text = Vec::with_capacity(256);
    let options = SerializeOptions::new().skip_default_fields(false);
    message.serialize_with_options(&mut serde_json::Serializer::new(&mut text), &options)?;
    Ok(String::from_utf8(text).expect("a JSON serializer writes UTF-8"))
}

/// The message that a JSON text stands for. An empty text is an empty message.
///
/// # Errors
///
/// Refuses what is not JSON, unknown fields and values of another type, each with its path.
pub fn from_json(descriptor: &MessageDescriptor, text: &[u8]) -> Result<DynamicMessage, Refusal> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(DynamicMessage::new(descriptor.clone()));
    }
    message(descriptor, &parse(text)?, "")
}

/// The value of one field that a JSON text stands for.
pub(crate) fn field_from_json(field: &FieldDescriptor, text: &[u8]) -> Result<Option<Value>, Refusal> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    field_value(field, &parse(text)?, field.name())
}

fn parse(text: &[u8]) -> Result<Json, Refusal> {
    serde_json::from_slice(text).map_err(|error| Refusal::Malformed(format!("the body is not JSON: {error}")))
}

/// The field of this name, as JSON spells it or as the contract does.
pub(crate) fn field_of(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message.get_field_by_json_name(name).or_else(|| message.get_field_by_name(name))
}

/// What the text of a well-known message must be, for those that are written as a text.
pub(crate) fn text_form(name: &str) -> Option<&'static str> {
    match name {
        "google.protobuf.Timestamp" => Some("must be a time such as \"2026-01-31T12:00:00Z\""),
        "google.protobuf.Duration" => Some("must be a duration in seconds such as \"1.5s\""),
        "google.protobuf.FieldMask" => Some("must be the names of fields, separated by commas"),
        _ => None,
    }
}

fn message(descriptor: &MessageDescriptor, json: &Json, path: &str) -> Result<DynamicMessage, Refusal> {
    if let Some(message) = well_known(descriptor, json, path) {
        return message;
    }
    let Json::Object(entries) = json else {
        return Err(refuse(path, "must be an object"));
    };
    let mut message = DynamicMessage::new(descriptor.clone());
    let mut given = Vec::with_capacity(entries.len());
    for (name, json) in entries {
        let Some(field) = field_of(descriptor, name) else {
            return Err(Refusal::field(join(path, name), "is not a field of this message"));
        };
        let path = join(path, field.name());
        if given.contains(&field.number()) {
            return Err(Refusal::field(path, "is given twice"));
        }
        given.push(field.number());
        let Some(value) = field_value(&field, json, &path)? else {
            continue;
        };
        if let Some(oneof) = field.containing_oneof()
            && let Some(other) = oneof.fields().find(|other| message.has_field(other))
        {
            return Err(Refusal::field(path, format!("can't be given together with {}", other.name())));
        }
        message.set_field(&field, value);
    }
    Ok(message)
}

/// A message with a JSON form of its own, read by the reflection library; `None` for every other message.
fn well_known(descriptor: &MessageDescriptor, json: &Json, path: &str) -> Option<Result<DynamicMessage, Refusal>> {
    let name = descriptor.full_name();
    let short = name.strip_prefix("google.protobuf.")?;
    let special = text_form(name).is_some() || short.ends_with("Value") || ["Any", "Struct", "Empty"].contains(&short);
    special.then(|| {
        DynamicMessage::deserialize(descriptor.clone(), json.clone()).map_err(|error| {
            let rule = text_form(name).map_or_else(|| format!("must be a {name}: {error}"), str::to_owned);
            refuse(path, rule)
        })
    })
}

/// The value of a field; `None` for `null`, which means that the field is not given.
fn field_value(field: &FieldDescriptor, json: &Json, path: &str) -> Result<Option<Value>, Refusal> {
    if json.is_null() && !takes_null(&field.kind()) {
        return Ok(None);
    }
    if field.is_map() {
        return map(field, json, path).map(Some);
    }
    if !field.is_list() {
        return single(&field.kind(), json, path).map(Some);
    }
    let Json::Array(items) = json else {
        return Err(refuse(path, "must be a list"));
    };
    let items = items.iter().enumerate().map(|(index, item)| single(&field.kind(), item, &format!("{path}[{index}]")));
    items.collect::<Result<_, _>>().map(Value::List).map(Some)
}

fn takes_null(kind: &Kind) -> bool {
    match kind {
        Kind::Message(message) => message.full_name() == "google.protobuf.Value",
        Kind::Enum(descriptor) => descriptor.full_name() == "google.protobuf.NullValue",
        _ => false,
    }
}

fn map(field: &FieldDescriptor, json: &Json, path: &str) -> Result<Value, Refusal> {
    let Json::Object(entries) = json else {
        return Err(refuse(path, "must be an object"));
    };
    let kind = field.kind();
    let entry = kind.as_message().expect("a map field is made of entries");
    let (key_kind, value_kind) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
    let mut map = std::collections::HashMap::with_capacity(entries.len());
    for (key, json) in entries {
        let path = format!("{path}[{key:?}]");
        let key = scalar::key(&key_kind, key).map_err(|rule| refuse(&path, rule))?;
        map.insert(key, single(&value_kind, json, &path)?);
    }
    Ok(Value::Map(map))
}

fn single(kind: &Kind, json: &Json, path: &str) -> Result<Value, Refusal> {
    match kind {
        Kind::Message(descriptor) => message(descriptor, json, path).map(Value::Message),
        _ => scalar::from_json(kind, json).map_err(|rule| refuse(path, rule)),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A refusal of the value at a path; the message as a whole has none.
fn refuse(path: &str, rule: impl Into<String>) -> Refusal {
    if path.is_empty() { Refusal::Malformed(format!("the body {}", rule.into())) } else { Refusal::field(path, rule) }
}
