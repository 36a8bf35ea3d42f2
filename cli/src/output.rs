//! Where answers go: results to standard output, for people or as JSON; everything else to standard error.

use std::io::{self, BufWriter, Write as _};

use serde_json::Value;

use crate::exit::Failure;

/// For whom results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Output {
    /// As JSON, for programs.
    pub(crate) json: bool,
}

impl Output {
    /// Writes a result: as one line of JSON, or as `people` says it.
    pub(crate) fn result(self, json: &Value, people: impl FnOnce() -> String) -> Result<(), Failure> {
        let text = if self.json { json.to_string() } else { people() };
        print(&[text])
    }

    /// Says something that is no result.
    pub(crate) fn note(self, text: &str) {
        if !text.is_empty() {
            eprintln!("{text}");
        }
    }

    /// Tells why the command failed.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            eprintln!("{}", failure.json());
        } else {
            eprintln!("labelmesh: {failure}");
        }
    }
}

/// Writes lines to standard output.
pub(crate) fn print(lines: &[String]) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in lines {
        writeln!(out, "{}", line.trim_end_matches('\n'))?;
    }
    Ok(out.flush()?)
}

/// A time of the contract (RFC 3339, UTC) as people read it.
pub(crate) fn when(time: &str) -> String {
    match time.get(..16) {
        Some(minute) if time.ends_with('Z') => format!("{} UTC", minute.replace('T', " ")),
        _ => time.to_owned(),
    }
}

/// So many of something: "1 image", "2 images".
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Rows under headings, columns as wide as needed; numbers to the right.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let columns = Columns::fit(headings, rows);
    let mut lines = vec![columns.line(headings)];
    lines.extend(rows.iter().map(|row| columns.line(row)));
    lines.join("\n")
}

/// How wide the columns of a table are, and which have numbers.
pub(crate) struct Columns(Vec<(usize, bool)>);

impl Columns {
    /// As wide as these rows need.
    pub(crate) fn fit(headings: &[&str], rows: &[Vec<String>]) -> Self {
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
        };
        let numeric = |column: usize| {
            rows.iter().all(|row| row[column].chars().all(|c| c.is_ascii_digit() || " .%±/".contains(c)))
        };
        Self((0..headings.len()).map(|column| (width(column), numeric(column))).collect())
    }

    /// A row; what is wider than its column moves the rest of it.
    pub(crate) fn line(&self, cells: &[impl AsRef<str>]) -> String {
        let mut text = String::from(" ");
        for (cell, (width, numeric)) in cells.iter().map(AsRef::as_ref).zip(&self.0) {
            let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
            text += &if *numeric { format!(" {padding}{cell} ") } else { format!(" {cell}{padding} ") };
        }
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_needed_and_numbers_stand_to_the_right() {
        let rows = vec![vec!["a".into(), "7".into()], vec!["bcd".into(), "10".into()]];
        assert_eq!(table(&["name", "n"], &rows), "  name   n\n  a      7\n  bcd   10");
        assert_eq!(Columns::fit(&["name", "n"], &rows).line(&["longer", "123"]), "  longer  123");
    }
}
