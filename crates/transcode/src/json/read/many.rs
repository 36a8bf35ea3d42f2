//! Fields that have many values: lists and maps.

use std::{collections::HashMap, fmt};

use prost_reflect::{Kind, Value};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Reading;
use crate::json::scalar;

struct SingleSeed<'r> {
    kind: &'r Kind,
    reading: &'r mut Reading,
}

impl<'de> DeserializeSeed<'de> for SingleSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        self.reading.single(self.kind, json)
    }
}

pub(super) struct List<'r> {
    pub(super) kind: &'r Kind,
    pub(super) reading: &'r mut Reading,
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let Self { kind, reading } = self;
        let mut values = Vec::new();
        loop {
            let outside = reading.step(format_args!("[{}]", values.len()));
            let Some(value) = items.next_element_seed(SingleSeed { kind, reading })? else {
                reading.step_out(outside);
                return Ok(Value::List(values));
            };
            reading.step_out(outside);
            values.push(value);
        }
    }
}

pub(super) struct Map<'r> {
    /// That of its entries.
    pub(super) kind: &'r Kind,
    pub(super) reading: &'r mut Reading,
}

impl<'de> Visitor<'de> for Map<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let Self { kind, reading } = self;
        let entry = kind.as_message().expect("a map field is made of entries");
        let (key_kind, value_kind) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
        let mut map = HashMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            let outside = reading.step(format_args!("[{key:?}]"));
            let key = scalar::key(&key_kind, &key).map_err(|rule| reading.refuse(rule))?;
            map.insert(key, entries.next_value_seed(SingleSeed { kind: &value_kind, reading })?);
            reading.step_out(outside);
        }
        Ok(Value::Map(map))
    }
}
