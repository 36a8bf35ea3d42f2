//! Recorded votes and truths in CSV files: read as a stream, names become numbers, and what can't be read is named
//! by its line.

mod columns;
mod problems;
mod read;

pub(crate) use problems::{Problem, Problems};
pub(crate) use read::{Truth, Votes, open, read_truth, read_votes};
