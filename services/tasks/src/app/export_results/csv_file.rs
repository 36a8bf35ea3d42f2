//! Results as comma-separated values (RFC 4180).
//!
//! For programs, which match names, they and labels are written exactly as the client gave them, quoted where they must
//! be. A spreadsheet takes a field that begins with `=`, `+`, `-` or `@` for a formula, and whoever opens the file need
//! not be who named its images: an administrator, or a colleague. For spreadsheets an apostrophe stands before such a
//! field.

use csv::{Terminator, WriterBuilder};
use labelmesh_errors::{Error, Result};
use labelmesh_visible::guarded;

use crate::domain::{ImageResult, LabelCount, Verdict};

const COLUMNS: [&str; 9] =
    ["image_id", "name", "state", "label", "confidence", "votes", "contested", "decided_at", "rule"];

/// By which spreadsheets know that a file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Program,
    Spreadsheet,
}

/// The header line: the columns that every task has, then one for the votes of each label.
pub(super) fn head(reader: Reader, labels: &[String]) -> Result<Vec<u8>> {
    let columns = COLUMNS.iter().map(ToString::to_string);
    let head = record(reader, columns.chain(labels.iter().map(|label| format!("votes:{label}"))))?;
    Ok(if reader == Reader::Spreadsheet { [BYTE_ORDER_MARK, &head].concat() } else { head })
}

/// The line of one image.
pub(super) fn line(reader: Reader, labels: &[String], result: &ImageResult) -> Result<Vec<u8>> {
    let mut fields = vec![result.image_id.to_string(), result.name.clone()];
    let mut counts: &[LabelCount] = &[];
    match &result.decided {
        None => fields.extend(["pending", "", "", "", "", "", ""].map(str::to_owned)),
        Some((verdict, at)) => {
            let at = at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
            match verdict {
                Verdict::Undecided => fields.extend(["undecided", "", "", "0", "false", &at, ""].map(str::to_owned)),
                Verdict::Decided { label, confidence, rule, contested, votes } => {
                    counts = votes;
                    let total: u32 = votes.iter().map(|count| count.votes).sum();
                    fields.extend(["decided".to_owned(), label.clone(), confidence.to_string(), total.to_string()]);
                    fields.extend([contested.to_string(), at, rule.clone()]);
                }
            }
        }
    }
    let is_open = result.decided.is_none();
    let votes = labels.iter().map(|label| match counts.iter().find(|count| count.label == *label) {
        Some(count) => count.votes.to_string(),
        None if is_open => String::new(),
        None => "0".to_owned(),
    });
    record(reader, fields.into_iter().chain(votes))
}

fn record(reader: Reader, fields: impl Iterator<Item = String>) -> Result<Vec<u8>> {
    let fields = fields.map(|field| if reader == Reader::Spreadsheet { guarded(&field) } else { field });
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(fields).map_err(Error::internal)?;
    writer.into_inner().map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use labelmesh_ids::ImageId;

    use super::*;

    fn result(name: &str, verdict: Option<Verdict>) -> ImageResult {
        let image_id = ImageId::new(DateTime::UNIX_EPOCH, [1; 10]);
        ImageResult {
            position: 1,
            image_id,
            name: name.to_owned(),
            decided: verdict.map(|verdict| (verdict, DateTime::UNIX_EPOCH)),
            starved: false,
        }
    }

    fn text(bytes: Result<Vec<u8>>) -> String {
        String::from_utf8(bytes.expect("written")).expect("UTF-8")
    }

    #[test]
    fn names_and_labels_come_back_exactly() {
        let labels = ["=cat".to_owned(), "a \"dog\", or so".to_owned()];
        let votes = vec![LabelCount { label: "=cat".into(), votes: 3 }];
        let verdict = Verdict::Decided {
            label: "=cat".into(),
            confidence: 0.75,
            rule: "plurality".into(),
            contested: false,
            votes,
        };
        let written = |reader| {
            let line = line(reader, &labels, &result("=1+1,\"x\".png", Some(verdict.clone())));
            text(head(reader, &labels)) + &text(line)
        };
        let file = written(Reader::Program);
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        assert_eq!(reader.headers().expect("a header").iter().next_back(), Some("votes:a \"dog\", or so"));
        let record = reader.records().next().expect("a line").expect("fits the header");
        let fields: Vec<_> = record.iter().skip(1).collect();
        let at = "1970-01-01T00:00:00.000000Z";
        let expected = ["=1+1,\"x\".png", "decided", "=cat", "0.75", "3", "false", at, "plurality", "3", "0"];
        assert_eq!(fields, expected);

        let file = written(Reader::Spreadsheet);
        let mut reader = csv::Reader::from_reader(file.strip_prefix('\u{feff}').expect("a mark").as_bytes());
        let record = reader.records().next().expect("a line").expect("fits the header");
        assert_eq!((&record[1], &record[3], &record[9]), ("'=1+1,\"x\".png", "'=cat", "3"));
    }

    #[test]
    fn what_begins_a_formula_is_quoted_and_nothing_else() {
        for cell in ["=1", "+1", "-1", "@SUM(A1)", "＝1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        let hidden = ["\t=1", " =1", "\"=1", "a;=1", "a;\"\"=1", "a\r\n-1", "=1;=1"].map(guarded);
        assert_eq!(hidden, ["\t'=1", " '=1", "\"'=1", "a;'=1", "a;\"\"'=1", "a\r\n'-1", "'=1;'=1"]);
        for cell in ["", "a=1", "0.5", "'=1", "photo-1.png", "a; b", "2026-11-29T00:00:00Z"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn what_is_not_known_is_empty() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let line = |verdict| text(line(Reader::Program, &labels, &result("1.png", verdict)));
        assert!(line(None).ends_with(",1.png,pending,,,,,,,,\r\n"));
        let undecided = line(Some(Verdict::Undecided));
        assert!(undecided.ends_with(",1.png,undecided,,,0,false,1970-01-01T00:00:00.000000Z,,0,0\r\n"));
    }
}
