//! From lines to records: CSV (RFC 4180) with a header line, or JSON Lines. Which one a file is, its first line tells.

use std::io::Read as _;

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use labelmesh_errors::{Error, Reason, Result};
use serde_json::error::Category;

use super::{Fields, Recorded, lines::LONGEST_BYTES};

/// What spreadsheets put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// How much of a header an error tells.
const TOLD_CHARACTERS: usize = 200;

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
    /// Where no line of the file can be read: the header lacks a column, or names one twice.
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
                self.format = Some(Format::Csv(header::<R>(text)?));
                Ok(None)
            }
        }
    }
}

fn header<R: Recorded>(text: &[u8]) -> Result<StringRecord> {
    let mut header = fields(text)?;
    header.trim();
    let named = |column: &str| header.iter().filter(|&name| name == column).count();
    if let Some(column) = R::COLUMNS.iter().find(|column| named(column) == 0) {
        let names = told(header.iter().collect::<Vec<_>>().join(","));
        return Err(Error::invalid("header", format!("must name the column {column}; it names {names}")));
    }
    if let Some(column) = R::COLUMNS.iter().chain(R::OPTIONAL).find(|column| named(column) > 1) {
        return Err(Error::invalid("header", format!("must not name the column {column} twice")));
    }
    Ok(header)
}

/// What a header names, as far as it is told: an error must fit into the end of an answer.
fn told(mut names: String) -> String {
    if let Some((end, _)) = names.char_indices().nth(TOLD_CHARACTERS) {
        names.truncate(end);
        names.push('…');
    }
    names
}

fn csv<R: Recorded>(header: &StringRecord, text: &[u8]) -> Result<R> {
    let record = fields(text)?;
    if record.len() != header.len() {
        let message = format!("the line has {} fields, the header {}", record.len(), header.len());
        return Err(Error::new(Reason::Malformed, message));
    }
    R::read(&Fields::Csv(header, record))
}

/// The fields of one line.
fn fields(text: &[u8]) -> Result<StringRecord> {
    // Making a reader costs more than reading a line: what has no quotes does without.
    if let Ok(text) = str::from_utf8(text)
        && !text.contains('"')
    {
        return Ok(text.split(',').collect());
    }
    // The line's end is put back: where it comes within a field, that field's quote is not closed.
    let mut reader =
        ReaderBuilder::new().has_headers(false).buffer_capacity(text.len() + 1).from_reader(text.chain(&b"\n"[..]));
    let mut record = ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(|error| Error::new(Reason::Malformed, error.to_string()))?;
    if record.iter().next_back().is_some_and(|field| field.ends_with(b"\n")) {
        return Err(Error::new(Reason::Malformed, "a quote is not closed"));
    }
    StringRecord::from_byte_record(record).map_err(|_| Error::new(Reason::Malformed, "the line is not UTF-8"))
}

fn json<R: Recorded>(text: &[u8]) -> Result<R> {
    let object = serde_json::from_slice(text).map_err(|error| {
        let message = match error.classify() {
            Category::Data => "the line is not a JSON object".to_owned(),
            _ => format!("the line is not well-formed JSON: {}", without_place(&error.to_string())),
        };
        Error::new(Reason::Malformed, message)
    })?;
    R::read(&Fields::Json(object))
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
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Pair {
        name: String,
        share: Option<f64>,
    }

    impl Recorded for Pair {
        const COLUMNS: &'static [&'static str] = &["name"];
        const OPTIONAL: &'static [&'static str] = &["share"];

        fn read(fields: &Fields<'_>) -> Result<Self> {
            Ok(Self { name: fields.text("name")?, share: fields.share("share")? })
        }
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
    }

    /// What is wrong with each of the lines.
    fn messages(lines: &[&str]) -> Vec<String> {
        let records = read(lines).expect("a header");
        records.into_iter().map(|record| record.expect_err("no record").to_string()).collect()
    }

    #[test]
    fn a_quote_that_is_not_closed_spoils_its_line_wherever_it_is() {
        let lines = ["name,share", "\"open,1", "a,\"1", "a,\"", "a,\"1\"\""];
        assert_eq!(messages(&lines), vec!["a quote is not closed"; 4]);
        assert!(read(&["name,\"share"]).is_err(), "a header too");
    }

    #[test]
    fn a_field_that_is_no_value_is_named_with_its_rule_in_either_format() {
        let share = "share: must be a number from 0 to 1";
        assert_eq!(messages(&["name,share", "a,much", "a,2", "a,NaN", "a, "]), vec![share; 4]);
        let lines = [
            "{\"name\":7}",
            "{\"name\":null}",
            "{}",
            "{\"name\":\"a\",\"name\":\"b\"}",
            "{\"name\":\"a\",\"share\":\"0.5\"}",
            "{\"name\":\"a\",\"share\":-1}",
            "[]",
            "nothing",
        ];
        let expected = [
            "name: must be a string",
            "name: is required",
            "name: is required",
            "name: must not be given twice",
            share,
            share,
            "the line is not a JSON object",
            "the line is not well-formed JSON: expected ident",
        ];
        assert_eq!(messages(&lines), expected);
        let blanks = read(&["name,share", "a, 0.5 "]).expect("a header").remove(0);
        assert_eq!(blanks.expect("blanks around a number mean nothing"), pair("a", Some(0.5)));
    }

    #[test]
    fn a_header_that_names_a_column_twice_is_refused_as_a_whole() {
        for header in ["name,name", "name,share,share"] {
            let refused = read(&[header]).expect_err("twice");
            assert!(refused.to_string().starts_with("header: must not name the column"), "{refused}");
        }
        read(&["name,note,note"]).expect("what is ignored is ignored");
    }

    #[test]
    fn of_a_long_header_only_the_beginning_is_told() {
        let refused = read(&[&"ü".repeat(8_000)]).expect_err("no columns");
        assert!(refused.to_string().chars().count() < 300, "{refused}");
    }
}
