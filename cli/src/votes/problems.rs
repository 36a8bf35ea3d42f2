//! What is wrong with the lines of a file.

use labelmesh_records::{Fault, Problem};

use crate::exit::{Exit, Failure};

/// How many problems are told; the rest is only counted. A file of which more lines are bad is of another kind.
const TOLD: usize = 100_000;

/// All problems of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// The first of them, each with the number of its line.
    pub(crate) first: Vec<(u64, String)>,
    pub(crate) count: u64,
    /// Whether the header lacks a column.
    no_column: bool,
}

impl Problems {
    pub(crate) fn add(&mut self, line: u64, what: impl Into<String>) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push((line, what.into()));
        }
    }

    pub(super) fn add_fault(&mut self, Problem { line, fault }: Problem) {
        self.no_column |= matches!(fault, Fault::Header(_));
        self.add(line, fault.to_string());
    }

    /// A line for each problem that is told, and one for the rest.
    pub(crate) fn lines(&self, file: &str) -> Vec<String> {
        // The server's come behind ours.
        let mut first: Vec<_> = self.first.iter().collect();
        first.sort_by_key(|(line, _)| *line);
        let mut lines: Vec<String> =
            first.into_iter().map(|(line, what)| format!("{file}, line {line}: {what}")).collect();
        let rest = self.count - self.first.len() as u64;
        if rest > 0 {
            lines.push(format!("and {rest} more"));
        }
        lines
    }

    /// The failure that these problems are.
    pub(crate) fn failure(&self, file: &str) -> Failure {
        let what = if self.count == 1 { "1 line" } else { &format!("{} lines", self.count) };
        self.failure_of(file, format!("{what} of {file} can't be read"))
    }

    /// The failure that these problems are, in other words.
    pub(crate) fn failure_of(&self, file: &str, message: String) -> Failure {
        let failure = Failure { details: self.lines(file), ..Failure::new(Exit::Refused, message) };
        match self.no_column {
            true => failure.remedy("--no-header, or the options that name columns, such as --item COLUMN"),
            false => failure,
        }
    }
}
