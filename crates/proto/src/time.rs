//! Times.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;

/// A time as the contract has it (`google.protobuf.Timestamp`), to the nanosecond.
#[must_use]
pub fn timestamp(time: DateTime<Utc>) -> Timestamp {
    // Below 1,000,000,000, leap seconds aside.
    Timestamp { seconds: time.timestamp(), nanos: time.timestamp_subsec_nanos().cast_signed() }
}

/// The time that a field of the contract gives; none where there is none, or none that the calendar knows.
#[must_use]
pub fn time(timestamp: Option<Timestamp>) -> Option<DateTime<Utc>> {
    timestamp.and_then(|at| DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?))
}
