//! When a call is made again.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};

use crate::Error;

/// How often and after how long a call is made again that the contract allows to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often a call is made at most.
    pub tries: usize,
    /// The wait before the second try. It doubles each time, and up to as much again is added by chance.
    pub first_wait: Duration,
    /// A server that asks for more patience than this is not waited for.
    pub longest_wait: Duration,
}

impl Default for Retries {
    /// Six tries within about ten seconds.
    fn default() -> Self {
        Self { tries: 6, first_wait: Duration::from_millis(200), longest_wait: Duration::from_secs(20) }
    }
}

impl Retries {
    /// Makes a call until it is answered, refused for good, or made often enough. What is not repeatable is made again
    /// only where it certainly did nothing.
    pub(crate) async fn persist<T, F>(self, repeatable: bool, call: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let Self { tries, first_wait, longest_wait } = self;
        let waits = ExponentialBuilder::new()
            .with_min_delay(first_wait)
            .with_max_delay(longest_wait)
            .with_max_times(tries.saturating_sub(1))
            .with_jitter();
        call.retry(waits)
            .when(|error| error.did_nothing() || repeatable && error.is_passing())
            .adjust(|error, wait| match error.retry_after() {
                Some(asked) if asked > longest_wait => None,
                Some(asked) => wait.map(|wait| wait.max(asked)),
                None => wait,
            })
            .await
    }
}
