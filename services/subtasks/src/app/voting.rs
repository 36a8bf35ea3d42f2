//! Votes as they are given, and what they tell of the operator.

mod standings;
pub mod vote;
