//! What may be wrong with a file or a line.

use thiserror::Error;

/// What is wrong, and with which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line's number, from 1; of a record with line breaks in its fields, that of the first line.
    pub line: u64,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a line, or with the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// No line of the file says anything.
    #[error("the file is empty")]
    Empty,
    /// The file is neither CSV nor JSON Lines, and this is what it seems to be.
    #[error("{0}")]
    Format(String),
    /// The header lacks a column or names one twice. The text goes on after "the header".
    #[error("the header {0}")]
    Header(String),
    /// A field breaks a rule.
    #[error("{field}: {rule}")]
    Field {
        /// The field, by the name of its column.
        field: &'static str,
        /// The rule, which goes on after the field's name.
        rule: String,
    },
    /// The line is no record.
    #[error("{0}")]
    Malformed(String),
    /// The line, or the record that it begins, has more bytes than this.
    #[error("the line has more than {0} bytes")]
    TooLong(usize),
}

impl Fault {
    /// Whether nothing more comes of the file.
    #[must_use]
    pub fn ends_file(&self) -> bool {
        matches!(self, Self::Empty | Self::Format(_) | Self::Header(_))
    }

    pub(crate) fn field(field: &'static str, rule: impl Into<String>) -> Self {
        Self::Field { field, rule: rule.into() }
    }

    pub(crate) fn at(self, line: u64) -> Problem {
        Problem { line, fault: self }
    }

    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }
}
