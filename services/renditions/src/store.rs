//! All SQL of this service. Rows become values of the domain here and nowhere else.
//!
//! Functions take a connection, so that use cases decide what is one transaction. Locks are taken in one order: lines
//! (by number), jobs (by key), then transformations.

pub(crate) mod batches;
pub(crate) mod deletions;
pub(crate) mod jobs;
pub(crate) mod lines;
pub(crate) mod sources;
pub(crate) mod transformations;

use labelmesh_errors::{Error, Result};

use crate::domain::{Digest, JobKey};

/// A number that a CHECK of the table keeps from being negative.
fn count(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(Error::internal)
}

/// A number for the table.
fn number(count: u64) -> Result<i64> {
    i64::try_from(count).map_err(Error::internal)
}

/// The 32 bytes that a CHECK of the table promises.
fn bytes(stored: Vec<u8>) -> Result<[u8; 32]> {
    stored.try_into().map_err(|_| Error::internal("a digest does not have 32 bytes"))
}

fn digest(stored: Vec<u8>) -> Result<Digest> {
    bytes(stored).map(Digest)
}

fn key(stored: Vec<u8>) -> Result<JobKey> {
    bytes(stored).map(JobKey)
}
