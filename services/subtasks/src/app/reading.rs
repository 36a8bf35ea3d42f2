//! What clients and operators may read.

pub mod agreement;
pub mod export_votes;
pub mod holds;
pub mod list_decisions;
pub mod list_my_votes;
pub mod list_open_tasks;
pub mod list_skips;
pub mod list_votes;
pub mod operators;
pub mod statistics;
