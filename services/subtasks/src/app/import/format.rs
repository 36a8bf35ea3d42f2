//! From lines to records: CSV (RFC 4180) with a header line, or JSON Lines. Which one a file is, its first line tells.

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use labelmesh_errors::{Error, Reason, Result};

use super::{Recorded, lines::LONGEST_BYTES};

/// What spreadsheets put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the lines of files.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// What the first line of the present file told; none before.
    format: Option<Format>,
}

#[derive(Debug)]
enum Format {
    /// With these columns, in any order; those that are not known are ignored.
    Csv(StringRecord),
    JsonLines,
}

impl Reader {
    /// Reads a line: a record, a line that can't be one, or nothing where the line says nothing. A record holds no line
    /// break, so a quote that is not closed spoils its own line alone.
    ///
    /// # Errors
    /// Where no line of the file can be read: the header lacks a column.
    pub(super) fn read<R: Recorded>(&mut self, number: u64, text: Option<Vec<u8>>) -> Result<Option<Result<R>>> {
        if number == 1 {
            self.format = None;
        }
        let Some(text) = text else { return Ok(Some(Err(too_long()))) };
        let text = if number == 1 { text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text) } else { &text };
        if text.trim_ascii().is_empty() {
            return Ok(None);
        }
        match &self.format {
            Some(Format::JsonLines) => Ok(Some(json(text))),
            Some(Format::Csv(header)) => Ok(Some(csv(header, text))),
            None if text.trim_ascii_start().first() == Some(&b'{') => {
                self.format = Some(Format::JsonLines);
                Ok(Some(json(text)))
            }
            None => {
                self.format = Some(Format::Csv(header(text, R::COLUMNS)?));
                Ok(None)
            }
        }
    }
}

fn header(text: &[u8], columns: &[&str]) -> Result<StringRecord> {
    let mut header = fields(text)?;
    header.trim();
    match columns.iter().find(|&&column| !header.iter().any(|name| name == column)) {
        None => Ok(header),
        Some(column) => {
            let rule =
                format!("must name the column {column}; it names {}", header.iter().collect::<Vec<_>>().join(","));
            Err(Error::invalid("header", rule))
        }
    }
}

fn csv<R: Recorded>(header: &StringRecord, text: &[u8]) -> Result<R> {
    let record = fields(text)?;
    if record.len() != header.len() {
        let message = format!("the line has {} fields, the header {}", record.len(), header.len());
        return Err(Error::new(Reason::Malformed, message));
    }
    record.deserialize(Some(header)).map_err(|error| match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => {
            let field = err.field().and_then(|field| header.get(usize::try_from(field).ok()?));
            Error::invalid(field.unwrap_or("line"), err.kind().to_string())
        }
        _ => Error::new(Reason::Malformed, error.to_string()),
    })
}

/// The fields of one line.
fn fields(text: &[u8]) -> Result<StringRecord> {
    // Making a reader costs more than reading a line: what has no quotes does without.
    if let Ok(text) = str::from_utf8(text)
        && !text.contains(['"', '\r'])
    {
        return Ok(text.split(',').collect());
    }
    let mut reader = ReaderBuilder::new().has_headers(false).buffer_capacity(text.len()).from_reader(text);
    let mut record = ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(|error| Error::new(Reason::Malformed, error.to_string()))?;
    StringRecord::from_byte_record(record).map_err(|_| Error::new(Reason::Malformed, "the line is not UTF-8"))
}

fn json<R: Recorded>(text: &[u8]) -> Result<R> {
    serde_json::from_slice(text).map_err(|error| Error::new(Reason::Malformed, without_place(&error.to_string())))
}

/// A line knows where it is; the parser only sees that it is the first.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(message, _)| message)
}

fn too_long() -> Error {
    Error::new(Reason::RequestTooLarge, format!("the line has more than {LONGEST_BYTES} bytes"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Pair {
        name: String,
        share: Option<f64>,
    }

    impl Recorded for Pair {
        const COLUMNS: &'static [&'static str] = &["name"];
    }

    fn read(lines: &[&str]) -> Result<Vec<Result<Pair>>> {
        let mut reader = Reader::default();
        let records = (1..).zip(lines).map(|(number, line)| reader.read(number, Some(line.as_bytes().to_vec())));
        records.filter_map(Result::transpose).collect()
    }

    fn pair(name: &str, share: Option<f64>) -> Pair {
        Pair { name: name.to_owned(), share }
    }

    #[test]
    fn columns_come_in_any_order_and_others_are_ignored() {
        let lines = ["\u{feff}share, other,name", "0.5,x,\"a, \"\"b\"\"\"", "", ",y,c"];
        let records = read(&lines).expect("a header");
        let records: Vec<_> = records.into_iter().map(|record| record.expect("a record")).collect();
        assert_eq!(records, [pair("a, \"b\"", Some(0.5)), pair("c", None)]);
    }

    #[test]
    fn json_lines_are_told_by_the_first_line() {
        let records = read(&["{\"name\":\"a\",\"share\":1}", "{\"name\":\"b\",\"more\":true}"]).expect("objects");
        let records: Vec<_> = records.into_iter().map(|record| record.expect("a record")).collect();
        assert_eq!(records, [pair("a", Some(1.0)), pair("b", None)]);
    }

    #[test]
    fn a_file_without_the_columns_is_refused_as_a_whole() {
        let refused = read(&["title,share", "a,1"]).expect_err("no names");
        assert_eq!(refused.reason(), Reason::FieldInvalid);
        assert!(refused.to_string().contains("must name the column name"), "{refused}");
    }

    #[test]
    fn a_bad_line_spoils_nothing_but_itself() {
        let records = read(&["name,share", "\"open,1", "a,much", "b", "c,0.5"]).expect("a header");
        let kinds: Vec<_> = records.iter().map(|record| record.as_ref().map_err(Error::reason).err()).collect();
        assert_eq!(kinds, [Some(Reason::Malformed), Some(Reason::FieldInvalid), Some(Reason::Malformed), None]);
        let records = read(&["{\"name\":\"a\"}", "{\"share\":1}", "nothing", "{\"name\":\"b\"}"]).expect("objects");
        let messages: Vec<_> = records.iter().filter_map(|record| Some(record.as_ref().err()?.to_string())).collect();
        assert_eq!(messages, ["missing field `name`", "expected ident"]);
    }
}
