//! The proto3 JSON mapping, with errors that name the field.

use base64::{
    alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, SerializeOptions, Value};

use crate::error::Refusal;

mod read;
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
    read::read(text, |reading, json| reading.message(descriptor, json))
}

/// The value of one field that a JSON text stands for.
pub(crate) fn field_from_json(field: &FieldDescriptor, text: &[u8]) -> Result<Option<Value>, Refusal> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    read::read(text, |reading, json| reading.field(field, json))
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
