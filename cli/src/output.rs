//! Where answers go: results to standard output, for people or as JSON; everything else to standard error.

use std::{
    borrow::Cow,
    io::{self, BufWriter, Write as _},
};

use console::measure_text_width;
use labelmesh_sdk::{
    Timestamp,
    json::{Message, to_value},
};
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

    /// Writes a message of the contract: as one line of JSON, or as `people` says it.
    pub(crate) fn message(self, message: &impl Message, people: impl FnOnce() -> String) -> Result<(), Failure> {
        print(&[if self.json { json(message).to_string() } else { people() }])
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

/// So many lines are read by people.
const LINES: usize = 20;

/// The first lines, and how many more there are.
pub(crate) fn shortened(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES);
    let more = (more > 0).then(|| format!("and {more} more (--json names all)"));
    lines.take(LINES).map(|line| plain(&line).into_owned()).chain(more).collect()
}

/// A line as a terminal may be given it: what moves its cursor, colors it or turns the direction of writing is written
/// out. Names of files can hold all of that.
pub(crate) fn plain(line: &str) -> Cow<'_, str> {
    let acts = |c: char| {
        c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if !line.contains(acts) {
        return line.into();
    }
    let letters = line.chars().map(|c| if acts(c) { c.escape_debug().to_string() } else { c.to_string() });
    letters.collect()
}

/// Writes lines to standard output.
pub(crate) fn print(lines: &[String]) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in lines {
        writeln!(out, "{}", line.trim_end_matches('\n'))?;
    }
    Ok(out.flush()?)
}

/// A message as JSON, as the contract writes it.
pub(crate) fn json(message: &impl Message) -> Value {
    to_value(message).expect("what was read as JSON can be written so")
}

/// Writes messages as JSON, one a line.
pub(crate) fn print_json(messages: &[impl Message]) -> Result<(), Failure> {
    print(&messages.iter().map(|message| json(message).to_string()).collect::<Vec<_>>())
}

/// A time as people read it; nothing where there is none.
pub(crate) fn when(time: Option<&Timestamp>) -> String {
    let time = time.map(Timestamp::to_string).unwrap_or_default();
    match time.get(..16) {
        Some(minute) => format!("{} UTC", minute.replace('T', " ")),
        None => time,
    }
}

/// The word for a value of an enum of the contract, whose name begins with that of the enum.
pub(crate) fn word(name: &str, prefix: &str) -> String {
    name.trim_start_matches(prefix).to_ascii_lowercase().replace('_', " ")
}

/// So many of something: "1 image", "2 images".
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Rows under headings, columns as wide as needed; numbers to the right. Width is counted in a terminal's cells, of
/// which a character may take none, one or two.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell).into_owned()).collect()).collect();
    let columns = Columns::fit(headings, &rows);
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
            let cells = rows.iter().map(|row| measure_text_width(&row[column]));
            cells.chain([measure_text_width(headings[column])]).max().unwrap_or(0)
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
            let padding = " ".repeat(width.saturating_sub(measure_text_width(cell)));
            text += &if *numeric { format!(" {padding}{cell} ") } else { format!(" {cell}{padding} ") };
        }
        text.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_nothing_to_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202e}d"), "a\\u{1b}[31mb\\nc\\u{202e}d");
        let told = shortened(["x\rhere.png: no".to_owned()].into_iter());
        assert_eq!((told, plain("猫 é.png")), (vec!["x\\rhere.png: no".to_owned()], "猫 é.png".into()));
    }

    #[test]
    fn columns_are_as_wide_as_needed_and_numbers_stand_to_the_right() {
        let rows = vec![vec!["a".into(), "7".into()], vec!["bcd".into(), "10".into()]];
        assert_eq!(table(&["name", "n"], &rows), "  name   n\n  a      7\n  bcd   10");
        assert_eq!(Columns::fit(&["name", "n"], &rows).line(&["longer", "123"]), "  longer  123");
    }

    #[test]
    fn columns_stand_upright_whatever_is_written_in_them() {
        let rows =
            ["plain.png", "猫.png", "e\u{301}.png", "🐱.png"].map(|name| vec![name.to_owned(), "dog".to_owned()]);
        let table = table(&["item", "label"], &rows);
        let places = table.lines().map(|line| line.split_at(line.rfind(['l', 'd']).expect("a label")).0);
        let places: Vec<usize> = places.map(measure_text_width).collect();
        assert_eq!(table.lines().nth(2), Some("  猫.png     dog"));
        assert_eq!(places[1..], [places[1]; 4], "{table}");
    }
}
