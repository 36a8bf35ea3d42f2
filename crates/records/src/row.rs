//! What a line says.

use crate::{Column, Fault, Problem};

/// So many columns a reader may want.
pub(crate) const MOST_COLUMNS: usize = 5;

/// The values of the wanted columns, or none where an optional one has none.
pub(crate) type Values<'a> = [Option<&'a str>; MOST_COLUMNS];

/// The states of images without a decision, in our exports as CSV and as JSON Lines.
const NOT_DECIDED: [&str; 4] = ["pending", "undecided", "result_state_pending", "result_state_undecided"];

/// What takes what a file holds: its records, and what is wrong with the other lines.
pub(crate) type Take<'t> = dyn FnMut(Result<Row<'_>, Problem>) + 't;

/// The wanted fields of a record, in the order of the columns that were asked for. Names have no blanks at their ends.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The number of the record's first line, from 1.
    pub line: u64,
    pub(crate) values: &'a Values<'a>,
    pub(crate) columns: &'a [Column],
}

impl<'a> Row<'a> {
    /// The fields of the first columns, all of which are required ones; empty where one may be.
    #[must_use]
    pub fn texts<const N: usize>(&self) -> [&'a str; N] {
        std::array::from_fn(|place| self.values[place].unwrap_or_default())
    }

    /// The field of an optional column.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&'a str> {
        self.values[place]
    }

    /// What was decided, by the columns [`DECISION`](crate::DECISION) and [`STATE`](crate::STATE); none where nothing
    /// was, as our own exports say it of images that are open still.
    ///
    /// # Errors
    /// If there is no label, and no word that there is none yet.
    pub fn decision(&self, label: usize, state: usize) -> Result<Option<&'a str>, Fault> {
        let is_open =
            || self.get(state).is_some_and(|state| NOT_DECIDED.contains(&state.to_ascii_lowercase().as_str()));
        match self.get(label) {
            Some(label) => Ok(Some(label)),
            None if is_open() => Ok(None),
            None => Err(Fault::field(self.columns[label].name, "must not be empty")),
        }
    }

    /// The field of an optional column as a share of one. Its decimals may stand behind a comma, as spreadsheets of
    /// many languages write them.
    ///
    /// # Errors
    /// If it is there and no number from 0 to 1.
    pub fn share(&self, place: usize) -> Result<Option<f64>, Fault> {
        let Some(text) = self.get(place) else { return Ok(None) };
        let share = text.replacen(',', ".", 1).parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.map(Some).ok_or_else(|| Fault::field(self.columns[place].name, "must be a number from 0 to 1"))
    }
}

/// A name without what surrounds it unseen: blanks, and the byte order mark of a file that was pasted together.
pub(crate) fn trim(name: &str) -> &str {
    if let ([b'!'..=b'~', ..], [.., b'!'..=b'~']) = (name.as_bytes(), name.as_bytes()) {
        return name;
    }
    name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}
