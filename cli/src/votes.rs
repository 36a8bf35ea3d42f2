//! Recorded votes and truths in files: names become numbers, and what can't be read is named by its line. The files
//! themselves are read by `labelmesh-records`, as the server reads them.

mod layout;
mod problems;
mod read;

pub(crate) use self::{
    layout::{Layout, TruthLayout, VotesLayout},
    problems::Problems,
    read::{MOST_LABELS, Truth, Votes, check_inputs, open, read_truth, read_votes, rows},
};
