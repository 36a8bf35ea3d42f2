//! How far the operators of a task can be relied on, learned from its votes, and what follows for open images.

mod close_sure;
pub mod learn;
