//! All SQL. Functions take the connection of a transaction that a use case has begun.
//!
//! Locks are taken in one order everywhere: operator, subtask (by id), assignment. Time is a bound parameter.

pub mod assignments;
pub mod audiences;
pub mod closing;
pub mod cursors;
pub mod decisions;
pub mod deletions;
pub mod exclusions;
pub mod gold;
pub mod leases;
pub mod models;
pub mod names;
pub mod own_data;
pub mod recorded;
pub mod redecisions;
pub mod skips;
pub mod statistics;
pub mod subtasks;
pub mod tasks;
pub mod votes;

use labelmesh_errors::Error;

/// A value in the database that no release of ours has written.
pub(crate) fn unreadable(what: &'static str) -> Error {
    Error::internal(format!("the database holds an unreadable {what}"))
}

/// A count or limit as the database keeps it.
fn small(count: u16) -> i16 {
    i16::try_from(count).unwrap_or(i16::MAX)
}

/// A count from the database, where checks keep it from being negative.
fn count(stored: i16) -> u16 {
    u16::try_from(stored).unwrap_or_default()
}
