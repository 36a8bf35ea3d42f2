//! Reads a JSON text straight into a message: nothing is kept of the text but the message's own values.

mod many;
mod single;

use std::fmt;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value as Json;

use self::{
    many::{List, Map},
    single::Scalar,
};
use super::{field_of, text_form};
use crate::error::Refusal;

/// Where in the text the reader stands, and why it stopped.
///
/// A reader in mid-text can only say that it failed. What it has to say about it waits here.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Of the present value. After a failure it stays where that came to light.
    path: String,
    /// What the present value must be, should it be of another kind.
    wanted: &'static str,
    refused: Option<Refusal>,
}

/// Reads a text that is one value.
pub(super) fn read<T>(
    text: &[u8],
    value: impl FnOnce(&mut Reading, &mut serde_json::Deserializer<serde_json::de::SliceRead<'_>>) -> serde_json::Result<T>,
) -> Result<T, Refusal> {
    let mut reading = Reading::default();
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = value(&mut reading, &mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|error| match reading.refused.take() {
        Some(refused) => refused,
        None if error.is_data() => reading.refusal(reading.wanted),
        None => Refusal::Malformed(format!("the body is not JSON: {error}")),
    })
}

impl Reading {
    /// Steps into a field, an element or an entry; what is given back leads out again.
    fn step(&mut self, step: fmt::Arguments<'_>) -> usize {
        let outside = self.path.len();
        fmt::Write::write_fmt(&mut self.path, step).expect("a text takes everything");
        outside
    }

    fn step_into_field(&mut self, name: &str) -> usize {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.step(format_args!("{dot}{name}"))
    }

    fn step_out(&mut self, outside: usize) {
        self.path.truncate(outside);
    }

    /// Refuses the present value.
    fn refuse<E: Error>(&mut self, rule: impl Into<String>) -> E {
        self.refused = Some(self.refusal(rule));
        E::custom("refused")
    }

    /// A refusal of the present value; the message as a whole has no path.
    fn refusal(&self, rule: impl Into<String>) -> Refusal {
        match self.path.as_str() {
            "" => Refusal::Malformed(format!("the body {}", rule.into())),
            path => Refusal::field(path, rule),
        }
    }

    /// The message that the present value is.
    pub(super) fn message<'de, D: Deserializer<'de>>(
        &mut self,
        descriptor: &MessageDescriptor,
        json: D,
    ) -> Result<DynamicMessage, D::Error> {
        if !has_a_form_of_its_own(descriptor) {
            self.wanted = "must be an object";
            return json.deserialize_any(Message { descriptor, reading: self });
        }
        DynamicMessage::deserialize(descriptor.clone(), json).map_err(|error| {
            let name = descriptor.full_name();
            self.refuse(text_form(name).map_or_else(|| format!("must be a {name}: {error}"), str::to_owned))
        })
    }

    /// The value of a field; `None` for `null`, which means that the field is not given.
    pub(super) fn field<'de, D: Deserializer<'de>>(
        &mut self,
        field: &FieldDescriptor,
        json: D,
    ) -> Result<Option<Value>, D::Error> {
        let outside = self.step_into_field(field.name());
        let value = json.deserialize_option(Field { field, reading: self })?;
        self.step_out(outside);
        Ok(value)
    }

    /// One value of a field that may have many.
    fn single<'de, D: Deserializer<'de>>(&mut self, kind: &Kind, json: D) -> Result<Value, D::Error> {
        match kind {
            Kind::Message(descriptor) => self.message(descriptor, json).map(Value::Message),
            kind => json.deserialize_any(Scalar { kind, reading: self }),
        }
    }
}

/// Whether a message has a JSON form of its own, which the reflection library reads.
fn has_a_form_of_its_own(descriptor: &MessageDescriptor) -> bool {
    let name = descriptor.full_name();
    name.strip_prefix("google.protobuf.").is_some_and(|short| {
        text_form(name).is_some() || short.ends_with("Value") || ["Any", "Struct", "Empty"].contains(&short)
    })
}

struct Message<'r> {
    descriptor: &'r MessageDescriptor,
    reading: &'r mut Reading,
}

impl<'de> Visitor<'de> for Message<'_> {
    type Value = DynamicMessage;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<DynamicMessage, A::Error> {
        let Self { descriptor, reading } = self;
        let mut message = DynamicMessage::new(descriptor.clone());
        let mut given = Vec::new();
        while let Some(name) = entries.next_key::<String>()? {
            let Some(field) = field_of(descriptor, &name) else {
                reading.step_into_field(&name);
                return Err(reading.refuse("is not a field of this message"));
            };
            if given.contains(&field.number()) {
                reading.step_into_field(field.name());
                return Err(reading.refuse("is given twice"));
            }
            given.push(field.number());
            let Some(value) = entries.next_value_seed(FieldSeed { field: &field, reading })? else { continue };
            let mut others = field.containing_oneof().into_iter().flat_map(|oneof| oneof.fields().collect::<Vec<_>>());
            if let Some(other) = others.find(|other| message.has_field(other)) {
                reading.step_into_field(field.name());
                return Err(reading.refuse(format!("can't be given together with {}", other.name())));
            }
            message.set_field(&field, value);
        }
        Ok(message)
    }
}

struct FieldSeed<'r> {
    field: &'r FieldDescriptor,
    reading: &'r mut Reading,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<Value>, D::Error> {
        self.reading.field(self.field, json)
    }
}

struct Field<'r> {
    field: &'r FieldDescriptor,
    reading: &'r mut Reading,
}

impl<'de> Visitor<'de> for Field<'_> {
    type Value = Option<Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        self.visit_none()
    }

    fn visit_none<E: Error>(self) -> Result<Option<Value>, E> {
        let many = self.field.is_list() || self.field.is_map();
        match self.field.kind() {
            Kind::Message(message) if !many && message.full_name() == "google.protobuf.Value" => {
                let null = DynamicMessage::deserialize(message, Json::Null).map_err(E::custom)?;
                Ok(Some(Value::Message(null)))
            }
            Kind::Enum(descriptor) if !many && descriptor.full_name() == "google.protobuf.NullValue" => {
                Ok(Some(Value::EnumNumber(0)))
            }
            _ => Ok(None),
        }
    }

    fn visit_some<D: Deserializer<'de>>(self, json: D) -> Result<Option<Value>, D::Error> {
        let Self { field, reading } = self;
        let kind = field.kind();
        if field.is_map() {
            reading.wanted = "must be an object";
            json.deserialize_any(Map { kind: &kind, reading }).map(Some)
        } else if field.is_list() {
            reading.wanted = "must be a list";
            json.deserialize_any(List { kind: &kind, reading }).map(Some)
        } else {
            reading.single(&kind, json).map(Some)
        }
    }
}
