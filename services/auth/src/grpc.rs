//! The contract's face of auth: thin, everything else is in `app`.

mod service;

use chrono::{DateTime, Utc};

pub(crate) use service::Auth;

/// A time as it stands on the wire.
pub(crate) fn timestamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    prost_types::Timestamp { seconds: time.timestamp(), nanos }
}
