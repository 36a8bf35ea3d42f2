//! Recorded votes and truths in CSV or JSON Lines files: read as a stream, names become numbers, and what can't be read is named
//! by its line.

mod columns;
mod problems;
mod read;

pub(crate) use self::{
    columns::{ITEM, LABEL, TRUTH, WORKER},
    problems::{Problem, Problems},
    read::{Truth, Votes, check_inputs, open, read_truth, read_votes, rows},
};
