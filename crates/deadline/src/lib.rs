#![doc = include_str!("../README.md")]

use std::{future::Future, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

/// The header in which gRPC carries a call's timeout.
pub const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// A timeout that is not in the form of the gRPC specification: at most 8 digits and a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("grpc-timeout must be at most 8 digits and one of H, M, S, m, u, n")]
pub struct InvalidTimeout;

/// The moment by which a call must have been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

tokio::task_local! {
    static CURRENT: Deadline;
}

impl Deadline {
    /// The deadline `timeout` from now.
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        let now = Instant::now();
        // Some callers say "for ever" with the largest number they know.
        Self(now.checked_add(timeout).unwrap_or(now + Duration::from_secs(365 * 86_400)))
    }

    /// How much time is left; zero once it has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The moment itself.
    #[must_use]
    pub fn instant(self) -> Instant {
        self.0
    }
}

/// The deadline of the call that is being handled, where there is one.
#[must_use]
pub fn current() -> Option<Deadline> {
    CURRENT.try_with(|deadline| *deadline).ok()
}

/// Runs a future under a deadline that the calls it makes inherit. It does not stop the future.
pub async fn scope<F: Future>(deadline: Deadline, future: F) -> F::Output {
    CURRENT.scope(deadline, future).await
}

/// Runs a function under a deadline that the calls it makes inherit.
pub fn sync_scope<T>(deadline: Deadline, function: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(deadline, function)
}

/// Reads a call's timeout from its headers.
///
/// # Errors
///
/// Fails where the header is there and is not a timeout.
pub fn read(headers: &HeaderMap) -> Result<Option<Duration>, InvalidTimeout> {
    let Some(value) = headers.get(GRPC_TIMEOUT) else {
        return Ok(None);
    };
    let value = value.to_str().map_err(|_| InvalidTimeout)?;
    let (unit_at, unit) = value.char_indices().next_back().ok_or(InvalidTimeout)?;
    let digits = &value[..unit_at];
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidTimeout);
    }
    let amount: u64 = digits.parse().map_err(|_| InvalidTimeout)?;
    Ok(Some(match unit {
        'H' => Duration::from_secs(amount * 3600),
        'M' => Duration::from_secs(amount * 60),
        'S' => Duration::from_secs(amount),
        'm' => Duration::from_millis(amount),
        'u' => Duration::from_micros(amount),
        'n' => Duration::from_nanos(amount),
        _ => return Err(InvalidTimeout),
    }))
}

/// Writes a timeout as a header value, in the finest unit that fits in 8 digits, rounded down.
#[must_use]
pub fn write(timeout: Duration) -> HeaderValue {
    const LIMIT: u128 = 100_000_000;
    let text = [(timeout.as_nanos(), 'n'), (timeout.as_micros(), 'u'), (timeout.as_millis(), 'm')]
        .into_iter()
        .find(|(amount, _)| *amount < LIMIT)
        .map_or_else(|| format!("{}S", timeout.as_secs().min(99_999_999)), |(amount, unit)| format!("{amount}{unit}"));
    HeaderValue::try_from(text).expect("digits and a letter are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(GRPC_TIMEOUT, HeaderValue::from_str(value).expect("a header value"))])
    }

    #[test]
    fn timeouts_of_all_units_are_read() {
        let read = |value| read(&headers(value));
        assert_eq!(read("2H"), Ok(Some(Duration::from_secs(7200))));
        assert_eq!(read("3M"), Ok(Some(Duration::from_secs(180))));
        assert_eq!(read("4S"), Ok(Some(Duration::from_secs(4))));
        assert_eq!(read("5m"), Ok(Some(Duration::from_millis(5))));
        assert_eq!(read("6u"), Ok(Some(Duration::from_micros(6))));
        assert_eq!(read("99999999n"), Ok(Some(Duration::from_nanos(99_999_999))));
    }

    #[test]
    fn what_is_not_a_timeout_is_refused() {
        for value in ["", "S", "5", "5 S", "-5S", "+5S", "123456789S", "5D", "5é"] {
            assert_eq!(read(&headers(value)), Err(InvalidTimeout), "{value:?}");
        }
        assert_eq!(read(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn what_is_written_is_read_back_to_within_the_unit() {
        for timeout in
            [Duration::ZERO, Duration::from_nanos(7), Duration::from_millis(1500), Duration::from_secs(86_400)]
        {
            let value = write(timeout);
            assert_eq!(read(&headers(value.to_str().expect("ASCII"))), Ok(Some(timeout)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_inherited_inside_its_scope_alone() {
        assert_eq!(current(), None);
        let deadline = Deadline::after(Duration::from_secs(2));
        scope(deadline, async {
            tokio::time::advance(Duration::from_millis(500)).await;
            assert_eq!(current().map(Deadline::remaining), Some(Duration::from_millis(1500)));
            let spawned = tokio::spawn(async { current() });
            assert_eq!(spawned.await.expect("no panic"), None);
        })
        .await;
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }
}
