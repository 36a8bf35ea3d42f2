//! What is wrong with the lines of a file.

use crate::exit::{Exit, Failure};

/// So many problems are told in full; the rest is only counted.
const TOLD: usize = 20;

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line's number, from 1.
    pub(crate) line: u64,
    /// What is wrong.
    pub(crate) what: String,
}

/// All problems of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    pub(crate) first: Vec<Problem>,
    pub(crate) count: u64,
}

impl Problems {
    pub(crate) fn add(&mut self, line: u64, what: impl Into<String>) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(Problem { line, what: what.into() });
        }
    }

    /// A line for each problem that is told, and one for the rest.
    pub(crate) fn lines(&self, file: &str) -> Vec<String> {
        let mut lines: Vec<String> =
            self.first.iter().map(|problem| format!("{file}, line {}: {}", problem.line, problem.what)).collect();
        let rest = self.count - self.first.len() as u64;
        if rest > 0 {
            lines.push(format!("and {rest} more"));
        }
        lines
    }

    /// The failure that these problems are.
    pub(crate) fn failure(&self, file: &str) -> Failure {
        let what = if self.count == 1 { "1 line" } else { &format!("{} lines", self.count) };
        let failure = Failure::new(Exit::Refused, format!("{what} of {file} can't be read"));
        Failure { details: self.lines(file), ..failure }
    }
}
