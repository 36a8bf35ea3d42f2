//! The end of an event that must not live as long as others: the same wherever a copy of it is stored.
//!
//! The broker counts a time to live from when it stored the message. Whoever stores it again must know the end.

use std::time::Duration;

use async_nats::{HeaderMap, header};
use chrono::{DateTime, Utc};

/// When the event ends (RFC 3339).
const EXPIRES_AT: &str = "Labelmesh-Expires-At";
/// The shortest time to live that the broker knows.
const SHORTEST: Duration = Duration::from_secs(1);

/// Lets a message end at `expires_at`, or as soon as possible if that has passed.
pub(crate) fn set(headers: &mut HeaderMap, expires_at: DateTime<Utc>, now: DateTime<Utc>) {
    headers.insert(EXPIRES_AT, expires_at.to_rfc3339());
    live(headers, left(expires_at, now).unwrap_or(SHORTEST));
}

/// When the event ends, as it was written when it was published; empty where it ends as others do.
pub(crate) fn text(headers: &HeaderMap) -> &str {
    headers.get(EXPIRES_AT).map_or("", |end| end.as_str())
}

/// Lets a message that is stored again end when its event does. False if that has ended: it must not be stored again.
pub(crate) fn renew(headers: &mut HeaderMap, now: DateTime<Utc>) -> bool {
    let expires_at = headers.get(EXPIRES_AT).and_then(|end| end.as_str().parse().ok());
    let Some(expires_at) = expires_at else { return true };
    let left = left(expires_at, now);
    left.is_some_and(|left| {
        live(headers, left);
        true
    })
}

/// How long is left, if it is as long as a message can live.
fn left(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Duration> {
    (expires_at - now).to_std().ok().filter(|left| *left >= SHORTEST)
}

fn live(headers: &mut HeaderMap, left: Duration) {
    // Whole seconds, rounded down: rather a second early than one late.
    headers.insert(header::NATS_MESSAGE_TTL, left.as_secs().to_string());
}
