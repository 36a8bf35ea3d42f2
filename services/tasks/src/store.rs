//! All SQL of this service. Rows become values of the domain here and nowhere else.
//!
//! Functions take a connection, so that use cases decide what is one transaction. Locks are taken in one order: tasks
//! (by id), then everything that belongs to them.

pub(crate) mod announcements;
pub(crate) mod audiences;
pub(crate) mod clients;
pub(crate) mod contents;
pub(crate) mod decisions;
pub(crate) mod deletions;
pub(crate) mod gold;
pub(crate) mod images;
pub(crate) mod own_data;
pub(crate) mod results;
pub(crate) mod tasks;
pub(crate) mod usage;

use labelmesh_errors::{Error, Result};

/// A number that a CHECK of the table keeps from being negative.
fn count(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(Error::internal)
}

/// A number for the table.
fn number(count: u64) -> Result<i64> {
    i64::try_from(count).map_err(Error::internal)
}
