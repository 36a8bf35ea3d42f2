//! The fields of a JSON object.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::{
    Column, Fault,
    row::{MOST_COLUMNS, trim},
};

/// Integers up to this size are exact as JSON numbers of any kind.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The wanted fields of an object, in the order of the columns.
pub(crate) type Named<'a> = [Option<Cow<'a, str>>; MOST_COLUMNS];

/// Reads the wanted fields of an object. Numbers and truth values are names too, whole numbers without a fraction.
///
/// # Errors
/// If the text is no object, or a field is missing, given twice or no name.
pub(crate) fn fields<'a>(text: &'a [u8], columns: &[Column]) -> Result<Named<'a>, Fault> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let found = Object(columns).deserialize(&mut reader).and_then(|found| reader.end().map(|()| found));
    let found = found.map_err(|error| match error.classify() {
        Category::Data => Fault::malformed("the line is not a JSON object"),
        _ => Fault::malformed(format!("the line is not well-formed JSON: {}", without_place(&error.to_string()))),
    })?;
    let mut named = Named::default();
    for ((column, found), named) in columns.iter().zip(found).zip(&mut named) {
        *named = found.map(|found| found.name(column)).transpose()?.flatten();
        if named.is_none() && column.is_never_empty() {
            return Err(Fault::field(column.name, "is required"));
        }
    }
    Ok(named)
}

/// Whether a first line is one of a JSON text that goes on in the next lines.
pub(crate) fn goes_on(text: &[u8]) -> bool {
    matches!(text.trim_ascii_end().last(), Some(b'{' | b'[' | b',' | b':'))
        && serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// A line knows where it is; the parser only sees that it is the first.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

/// The value of the field that says best that it is a column's.
struct Found<'a> {
    rank: usize,
    value: Value<'a>,
    is_twice: bool,
}

impl<'a> Found<'a> {
    fn name(self, column: &Column) -> Result<Option<Cow<'a, str>>, Fault> {
        let broken = |rule: &str| Err(Fault::field(column.name, rule));
        match self.value {
            _ if self.is_twice => broken("must not be given twice"),
            Value::Null => Ok(None),
            Value::Text(text) => match trim(&text) {
                "" if column.is_never_empty() => broken("must not be empty"),
                "" => Ok(None),
                name if name.len() == text.len() => Ok(Some(text)),
                name => Ok(Some(Cow::Owned(name.to_owned()))),
            },
            Value::Inexact => broken("must be in quotes: as a number it loses digits"),
            Value::Other => broken("must be a text or a number"),
        }
    }
}

/// An object of which these columns are wanted.
struct Object<'c>(&'c [Column]);

type FoundAll<'de> = [Option<Found<'de>>; MOST_COLUMNS];

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = FoundAll<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = FoundAll<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = FoundAll::default();
        while let Some(key) = map.next_key::<Value<'de>>()? {
            let Value::Text(key) = key else { continue };
            let ranks = self.0.iter().map(|column| column.rank(&key));
            let mut wanted = ranks.zip(&mut all).filter_map(|(rank, found)| Some((rank?, found))).peekable();
            if wanted.peek().is_none() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value: Value<'de> = map.next_value()?;
            for (rank, found) in wanted {
                match found {
                    Some(known) if known.rank < rank => {}
                    Some(known) if known.rank == rank => known.is_twice = true,
                    _ => *found = Some(Found { rank, value: value.clone(), is_twice: false }),
                }
            }
        }
        Ok(all)
    }
}

/// A value as a name, if it can be one.
#[derive(Debug, Clone)]
enum Value<'a> {
    Text(Cow<'a, str>),
    Null,
    /// A number that has more digits than are kept of it.
    Inexact,
    Other,
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Name)
    }
}

struct Name;

impl<'de> Visitor<'de> for Name {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        let text = || Value::Text(Cow::Owned((number + 0.0).to_string()));
        Ok(if number.abs() < EXACT { text() } else { Value::Inexact })
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CONFIDENCE, ITEM, LABEL, NAME, TRUTH};

    fn read<const N: usize>(text: &str, columns: [Column; N]) -> Result<Vec<String>, String> {
        let named = fields(text.as_bytes(), &columns).map_err(|fault| fault.to_string())?;
        Ok(named.into_iter().take(N).map(|name| name.map_or_else(|| "-".to_owned(), Cow::into_owned)).collect())
    }

    #[test]
    fn numbers_and_truth_values_are_names() {
        for (value, name) in [
            ("7", "7"),
            ("1.0", "1"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            ("0.5", "0.5"),
            ("true", "true"),
            ("\" é\\n\"", "é"),
        ] {
            assert_eq!(read(&format!("{{\"label\":{value}}}"), [LABEL]), Ok(vec![name.to_owned()]), "{value}");
        }
    }

    #[test]
    fn a_field_is_found_as_a_column_is() {
        let both = |text: &str| read(text, [ITEM, LABEL, NAME]).map(|names| names.join("|"));
        assert_eq!(both("{\"name\":\"n\",\"more\":[{}],\"imageId\":\"i\",\"label\":1}"), Ok("i|1|n".to_owned()));
        assert_eq!(both("{\"label\":1,\"name\":\"n\"}"), Ok("n|1|n".to_owned()));
        let truth = read("{\"label\":\"a\",\"item\":1,\"truth\":\"b\"}", [ITEM, TRUTH]);
        assert_eq!(truth, Ok(vec!["1".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn what_is_wrong_is_told_by_its_field() {
        let labeled = [
            ("{}", "label: is required"),
            ("{\"label\":null}", "label: is required"),
            ("{\"label\":\" \"}", "label: must not be empty"),
            ("{\"label\":\"a\",\"Label\":\"b\"}", "label: must not be given twice"),
            ("{\"label\":[1]}", "label: must be a text or a number"),
            ("{\"label\":{\"a\":1}}", "label: must be a text or a number"),
            ("{\"label\":12345678901234567890123}", "label: must be in quotes: as a number it loses digits"),
            ("[]", "the line is not a JSON object"),
            ("nothing", "the line is not well-formed JSON: expected ident"),
            ("{\"label\":1},", "the line is not well-formed JSON: trailing characters"),
        ];
        for (text, what) in labeled {
            assert_eq!(read(text, [LABEL]), Err(what.to_owned()), "{text}");
        }
        assert_eq!(read("{\"label\":1,\"confidence\":\"\"}", [LABEL, CONFIDENCE]), Ok(vec!["1".into(), "-".into()]));
    }
}
