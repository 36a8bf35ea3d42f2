//! The fields of one line, whichever format it is in.

use std::fmt;

use csv::StringRecord;
use labelmesh_errors::{Error, Result};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The fields of a line by name.
pub(super) enum Fields<'a> {
    /// As many values as names.
    Csv(&'a StringRecord, StringRecord),
    Json(Object),
}

/// A value as the line has it.
enum Found<'a> {
    /// Text that may stand for a value of another kind.
    Csv(&'a str),
    Json(&'a Value),
}

impl Fields<'_> {
    /// A text, which may be empty.
    ///
    /// # Errors
    /// FIELD_INVALID where there is none.
    pub(super) fn text(&self, name: &str) -> Result<String> {
        match self.find(name)? {
            None | Some(Found::Json(Value::Null)) => Err(Error::invalid(name, "is required")),
            Some(Found::Csv(text)) => Ok(text.to_owned()),
            Some(Found::Json(Value::String(text))) => Ok(text.clone()),
            Some(Found::Json(_)) => Err(Error::invalid(name, "must be a string")),
        }
    }

    /// A share of one, where it is given.
    ///
    /// # Errors
    /// FIELD_INVALID for what is none.
    pub(super) fn share(&self, name: &str) -> Result<Option<f64>> {
        let share = match self.find(name)? {
            None | Some(Found::Json(Value::Null) | Found::Csv("")) => return Ok(None),
            Some(Found::Csv(text)) => text.trim().parse().ok(),
            Some(Found::Json(value)) => value.as_f64(),
        };
        let share = share.filter(|share| (0.0..=1.0).contains(share));
        share.map(Some).ok_or_else(|| Error::invalid(name, "must be a number from 0 to 1"))
    }

    fn find(&self, name: &str) -> Result<Option<Found<'_>>> {
        match self {
            Self::Csv(header, record) => {
                let place = header.iter().position(|column| column == name);
                Ok(place.and_then(|place| record.get(place)).map(Found::Csv))
            }
            Self::Json(Object(members)) => {
                let mut values = members.iter().filter(|(member, _)| member == name).map(|(_, value)| value);
                let value = values.next();
                if values.next().is_some() {
                    return Err(Error::invalid(name, "must not be given twice"));
                }
                Ok(value.map(Found::Json))
            }
        }
    }
}

/// The members of a JSON object, those of the same name too: which of two was meant nobody can say.
pub(super) struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Object(members))
    }
}
