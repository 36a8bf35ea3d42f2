//! One value that holds no others.

use std::fmt;

use prost_reflect::{Kind, Value};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::Reading;
use crate::json::scalar;

pub(super) struct Scalar<'r> {
    pub(super) kind: &'r Kind,
    pub(super) reading: &'r mut Reading,
}

impl Scalar<'_> {
    fn take<E: Error>(self, json: Json) -> Result<Value, E> {
        scalar::from_json(self.kind, json).map_err(|rule| self.reading.refuse(rule))
    }
}

impl<'de> Visitor<'de> for Scalar<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, a text or a truth value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.take(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.take(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.take(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.take(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.take(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.take(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.take(Json::Null)
    }

    // Nothing of them is read: they are refused for what they are.
    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        self.take(Json::Array(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        self.take(Json::Object(serde_json::Map::new()))
    }
}
