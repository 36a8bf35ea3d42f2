//! The keys of user tokens, fetched when they are needed.

use std::{fmt, sync::Arc, time::Duration};

use futures::future::{BoxFuture, FutureExt as _};
use labelmesh_errors::{Error, Reason, Result};
use tokio::{sync::Mutex, time::Instant};

use crate::{KeySet, PublicKey};

/// The time after a fetch during which an unknown key causes no other.
const PAUSE: Duration = Duration::from_secs(5);
/// The same after a fetch that failed: auth may just be starting.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Keys older than this are fetched again, so that one that was withdrawn is forgotten.
const STALE: Duration = Duration::from_secs(300);

type Fetch = dyn Fn() -> BoxFuture<'static, Result<KeySet>> + Send + Sync;

/// The public keys of user tokens. Clones share what was fetched.
#[derive(Clone)]
pub struct UserKeys {
    fetch: Arc<Fetch>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    keys: KeySet,
    /// When the present keys were fetched.
    fetched: Option<Instant>,
    /// When the last fetch was begun, and whether it failed.
    tried: Option<(Instant, bool)>,
}

impl UserKeys {
    /// The keys that `fetch` brings: from auth over the wire, or from auth's own database.
    pub fn fetched_by<F>(fetch: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<KeySet>> + Send + 'static,
    {
        Self { fetch: Arc::new(move || fetch().boxed()), state: Arc::default() }
    }

    /// Keys that never change.
    #[must_use]
    pub fn fixed(keys: KeySet) -> Self {
        Self::fetched_by(move || std::future::ready(Ok(keys.clone())))
    }

    /// The key of this id; none where there is no such key.
    ///
    /// # Errors
    ///
    /// Fails as unavailable where the key is unknown and the keys could not be fetched: nothing is known about the
    /// token then.
    pub async fn get(&self, id: &str) -> Result<Option<PublicKey>> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        let known = state.keys.get(id).copied();
        let fresh = state.fetched.is_some_and(|at| now.duration_since(at) < STALE);
        if known.is_some() && fresh || state.pausing(now) {
            return state.answer(known);
        }
        // Whoever comes meanwhile waits at the lock and finds the answer.
        match (self.fetch)().await {
            Ok(keys) => {
                state.keys = keys;
                state.fetched = Some(now);
                state.tried = Some((now, false));
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not fetch the keys of user tokens");
                state.tried = Some((Instant::now(), true));
                return state.answer(known);
            }
        }
        Ok(state.keys.get(id).copied())
    }
}

impl State {
    fn pausing(&self, now: Instant) -> bool {
        self.tried.is_some_and(|(at, failed)| {
            now.saturating_duration_since(at) < if failed { PAUSE_AFTER_FAILURE } else { PAUSE }
        })
    }

    fn answer(&self, known: Option<PublicKey>) -> Result<Option<PublicKey>> {
        match (known, self.tried) {
            (None, Some((_, true))) => {
                Err(Error::new(Reason::Unavailable, "tokens can't be verified at present")
                    .retry_after(PAUSE_AFTER_FAILURE))
            }
            _ => Ok(known),
        }
    }
}

impl fmt::Debug for UserKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserKeys")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use labelmesh_clock::Random;

    use super::*;
    use crate::KeyPair;

    /// Keys whose fetches are counted; the first `failures` fail.
    fn counted(keys: KeySet, failures: usize) -> (UserKeys, Arc<AtomicUsize>) {
        let fetches = Arc::new(AtomicUsize::new(0));
        let counter = fetches.clone();
        let keys = UserKeys::fetched_by(move || {
            let failed = counter.fetch_add(1, Ordering::SeqCst) < failures;
            std::future::ready(if failed { Err(Error::unavailable("down")) } else { Ok(keys.clone()) })
        });
        (keys, fetches)
    }

    #[tokio::test(start_paused = true)]
    async fn unknown_keys_cause_one_fetch_every_five_seconds() {
        let key = KeyPair::generate(&Random::seeded(1)).public();
        let (keys, fetches) = counted([key].into_iter().collect(), 0);
        assert_eq!(keys.get(&key.id()).await.expect("fetched"), Some(key));
        for _ in 0..100 {
            assert_eq!(keys.get("unknown").await.expect("known to be unknown"), None);
        }
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        tokio::time::advance(PAUSE).await;
        futures::future::join_all((0..100).map(|_| keys.get("unknown"))).await;
        assert_eq!(fetches.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn while_keys_can_not_be_fetched_nothing_is_known_of_a_token() {
        let key = KeyPair::generate(&Random::seeded(1)).public();
        let (keys, fetches) = counted([key].into_iter().collect(), 1);
        for _ in 0..100 {
            let refused = keys.get(&key.id()).await.expect_err("auth is down");
            assert_eq!(refused.reason(), Reason::Unavailable);
        }
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        tokio::time::advance(PAUSE_AFTER_FAILURE).await;
        assert_eq!(keys.get(&key.id()).await.expect("fetched"), Some(key));
    }

    #[tokio::test(start_paused = true)]
    async fn stale_keys_are_fetched_again() {
        let key = KeyPair::generate(&Random::seeded(1)).public();
        let (keys, fetches) = counted([key].into_iter().collect(), 0);
        for _ in 0..3 {
            assert_eq!(keys.get(&key.id()).await.expect("fetched"), Some(key));
            tokio::time::advance(STALE).await;
        }
        assert_eq!(fetches.load(Ordering::SeqCst), 3);
    }
}
