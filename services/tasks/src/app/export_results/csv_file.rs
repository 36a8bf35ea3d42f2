//! Results as comma-separated values (RFC 4180).
//!
//! Names and labels are written exactly as the client gave them, quoted where they must be: the file is for programs
//! that match names. A spreadsheet takes a field that begins with `=`, `+`, `-` or `@` for a formula; to put something
//! in front of it here would break the names for everybody else. Nothing in the file comes from anyone but the owner.

use csv::{Terminator, WriterBuilder};
use labelmesh_errors::{Error, Result};

use crate::domain::{ImageResult, LabelCount, Verdict};

const COLUMNS: [&str; 9] =
    ["image_id", "name", "state", "label", "confidence", "votes", "contested", "decided_at", "rule"];

/// The header line: the columns that every task has, then one for the votes of each label.
pub(super) fn head(labels: &[String]) -> Result<Vec<u8>> {
    let columns = COLUMNS.iter().map(ToString::to_string);
    record(columns.chain(labels.iter().map(|label| format!("votes:{label}"))))
}

/// The line of one image.
pub(super) fn line(labels: &[String], result: &ImageResult) -> Result<Vec<u8>> {
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
    record(fields.into_iter().chain(votes))
}

fn record(fields: impl Iterator<Item = String>) -> Result<Vec<u8>> {
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
        let file = text(head(&labels)) + &text(line(&labels, &result("=1+1,\"x\".png", Some(verdict))));
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        assert_eq!(reader.headers().expect("a header").iter().next_back(), Some("votes:a \"dog\", or so"));
        let record = reader.records().next().expect("a line").expect("fits the header");
        let fields: Vec<_> = record.iter().skip(1).collect();
        let at = "1970-01-01T00:00:00.000000Z";
        let expected = ["=1+1,\"x\".png", "decided", "=cat", "0.75", "3", "false", at, "plurality", "3", "0"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_is_not_known_is_empty() {
        let labels = ["a".to_owned(), "b".to_owned()];
        assert!(text(line(&labels, &result("1.png", None))).ends_with(",1.png,pending,,,,,,,,\r\n"));
        let undecided = text(line(&labels, &result("1.png", Some(Verdict::Undecided))));
        assert!(undecided.ends_with(",1.png,undecided,,,0,false,1970-01-01T00:00:00.000000Z,,0,0\r\n"));
    }
}
