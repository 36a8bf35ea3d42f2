//! Numbers, texts, bytes and enums in the proto3 JSON mapping. Errors say what the value must be.

use base64::Engine as _;
use prost_reflect::{EnumDescriptor, Kind, MapKey, Value};
use serde_json::{Number, Value as Json};

use super::BASE64;

/// A scalar from its JSON form.
pub(super) fn from_json(kind: &Kind, json: Json) -> Result<Value, String> {
    match (kind, json) {
        (Kind::Bool, Json::Bool(value)) => Ok(Value::Bool(value)),
        (Kind::Bool, _) => Err("must be true or false".to_owned()),
        (Kind::String, Json::String(text)) => Ok(Value::String(text)),
        (Kind::String, _) => Err("must be a text".to_owned()),
        (Kind::Bytes, Json::String(text)) => {
            // Both alphabets are accepted, as the mapping asks for.
            let decoded = BASE64.decode(text.replace('-', "+").replace('_', "/"));
            decoded.map(|bytes| Value::Bytes(bytes.into())).map_err(|_| "must be base64".to_owned())
        }
        (Kind::Bytes, _) => Err("must be a text in base64".to_owned()),
        (Kind::Enum(descriptor), json) => enumeration(descriptor, &json).map(Value::EnumNumber),
        (kind, Json::String(text)) => number_from_text(kind, &text),
        (kind, Json::Number(number)) => number_from_json(kind, &number),
        (kind, _) => Err(must_be(kind)),
    }
}

/// A number from a text.
pub(crate) fn number_from_text(kind: &Kind, text: &str) -> Result<Value, String> {
    // Rust also reads "inf" and "nan", which the mapping does not know.
    let spelled = |text: &str| match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok().filter(|value: &f64| value.is_finite()),
    };
    let value = match kind {
        Kind::Double => spelled(text).map(Value::F64),
        Kind::Float => spelled(text).and_then(narrow).map(Value::F32),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => text.parse().ok().map(Value::I32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => text.parse().ok().map(Value::I64),
        Kind::Uint32 | Kind::Fixed32 => text.parse().ok().map(Value::U32),
        Kind::Uint64 | Kind::Fixed64 => text.parse().ok().map(Value::U64),
        _ => None,
    };
    value.ok_or_else(|| must_be(kind))
}

fn number_from_json(kind: &Kind, number: &Number) -> Result<Value, String> {
    let value = match kind {
        Kind::Double => number.as_f64().map(Value::F64),
        Kind::Float => number.as_f64().and_then(narrow).map(Value::F32),
        _ => whole(number).and_then(|whole| match kind {
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => i32::try_from(whole).ok().map(Value::I32),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => i64::try_from(whole).ok().map(Value::I64),
            Kind::Uint32 | Kind::Fixed32 => u32::try_from(whole).ok().map(Value::U32),
            Kind::Uint64 | Kind::Fixed64 => u64::try_from(whole).ok().map(Value::U64),
            _ => None,
        }),
    };
    value.ok_or_else(|| must_be(kind))
}

/// A whole number, also where it is written like 1e3 or 1.0.
fn whole(number: &Number) -> Option<i128> {
    if let Some(value) = number.as_i64() {
        return Some(value.into());
    }
    if let Some(value) = number.as_u64() {
        return Some(value.into());
    }
    // Casting saturates, which the range check of the caller then refuses.
    number.as_f64().filter(|value| value.fract() == 0.0).map(|value| value as i128)
}

/// The value as 32 bits, unless it is finite and too large for them.
fn narrow(value: f64) -> Option<f32> {
    let narrowed = value as f32;
    (narrowed.is_finite() || !value.is_finite()).then_some(narrowed)
}

fn enumeration(descriptor: &EnumDescriptor, json: &Json) -> Result<i32, String> {
    let number = match json {
        Json::String(name) => descriptor.get_value_by_name(name).map(|value| value.number()),
        Json::Number(number) => whole(number).and_then(|number| i32::try_from(number).ok()),
        Json::Null => Some(0),
        _ => None,
    };
    number.ok_or_else(|| {
        let names: Vec<_> = descriptor.values().filter(|v| v.number() != 0).map(|v| v.name().to_owned()).collect();
        format!("must be one of {}", names.join(", "))
    })
}

/// A map's key from its JSON form, which is always a text.
pub(super) fn key(kind: &Kind, text: &str) -> Result<MapKey, String> {
    let value = match kind {
        Kind::String => Value::String(text.to_owned()),
        Kind::Bool => Value::Bool(text.parse().map_err(|_| "must have true or false as key".to_owned())?),
        number => number_from_text(number, text)?,
    };
    value.into_map_key().ok_or_else(|| "can't be a key".to_owned())
}

fn must_be(kind: &Kind) -> String {
    let what = match kind {
        Kind::Double | Kind::Float => "a number",
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => "a whole number of 32 bits",
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => "a whole number of 64 bits",
        Kind::Uint32 | Kind::Fixed32 => "a whole number from 0 to 4294967295",
        Kind::Uint64 | Kind::Fixed64 => "a whole number from 0 to 18446744073709551615",
        _ => "of another type",
    };
    format!("must be {what}")
}
