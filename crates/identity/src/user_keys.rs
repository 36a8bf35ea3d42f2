//! The keys of user tokens, fetched ahead where that can be and when they are needed where it can't.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt as _};
use labelmesh_errors::{Error, Reason, Result};
use tokio::{
    sync::{Mutex as Turns, OwnedMutexGuard},
    time::Instant,
};

use crate::{KeySet, PublicKey};

/// The time after a fetch during which an unknown key causes no other.
const PAUSE: Duration = Duration::from_secs(5);
/// The same after a fetch that failed: auth may just be starting.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Keys older than this are fetched again while they still count: no call waits for it.
const OLD: Duration = Duration::from_secs(240);
/// Keys older than this count no more unless nothing newer can be had, so that one that was withdrawn is forgotten.
const STALE: Duration = Duration::from_secs(300);

type Fetch = dyn Fn() -> BoxFuture<'static, Result<KeySet>> + Send + Sync;

/// The public keys of user tokens. Clones share what was fetched.
#[derive(Clone)]
pub struct UserKeys {
    fetch: Arc<Fetch>,
    state: Arc<Mutex<State>>,
    /// One fetch at a time: whoever comes meanwhile waits for its turn and finds the answer.
    turns: Arc<Turns<()>>,
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
        Self { fetch: Arc::new(move || fetch().boxed()), state: Arc::default(), turns: Arc::default() }
    }

    /// Keys that never change.
    #[must_use]
    pub fn fixed(keys: KeySet) -> Self {
        Self::fetched_by(move || std::future::ready(Ok(keys.clone())))
    }

    /// Begins to fetch the keys, so that the first call finds them. Needs tokio's runtime.
    pub fn fetch_ahead(&self) {
        // Where somebody is fetching them already, they come.
        let Ok(turn) = self.turns.clone().try_lock_owned() else { return };
        let keys = self.clone();
        tokio::spawn(async move { keys.fetch(turn, true).await });
    }

    /// The key of this id; none where there is no such key.
    ///
    /// # Errors
    ///
    /// Fails as unavailable where the key is unknown and the keys could not be fetched: nothing is known about the
    /// token then.
    pub async fn get(&self, id: &str) -> Result<Option<PublicKey>> {
        if let Some(answer) = self.answer(id) {
            return answer;
        }
        let turn = self.turns.clone().lock_owned().await;
        if let Some(answer) = self.answer(id) {
            return answer;
        }
        self.fetch(turn, false).await;
        self.with(|state| state.settled(state.keys.get(id).copied()))
    }

    /// What is known without a fetch; none where it takes one. Begins one where the keys get old.
    fn answer(&self, id: &str) -> Option<Result<Option<PublicKey>>> {
        let now = Instant::now();
        let (answer, old) = self.with(|state| {
            let known = state.keys.get(id).copied();
            let younger_than = |age| state.fetched.is_some_and(|at| now.saturating_duration_since(at) < age);
            let settled = known.is_some() && younger_than(STALE) || state.pausing(now);
            (settled.then(|| state.settled(known)), known.is_some() && !younger_than(OLD) && !state.pausing(now))
        });
        if answer.is_some() && old {
            self.fetch_ahead();
        }
        answer
    }

    /// Fetches the keys, it being our turn: for a call that waits, or ahead.
    async fn fetch(&self, _turn: OwnedMutexGuard<()>, ahead: bool) {
        let began = Instant::now();
        let fetched = (self.fetch)().await;
        self.with(|state| match fetched {
            Ok(keys) => {
                state.keys = keys;
                state.fetched = Some(began);
                state.tried = Some((began, false));
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not fetch the keys of user tokens");
                // Where there were none yet and no call waits, auth may just be starting: the first call asks again.
                if !ahead || state.fetched.is_some() {
                    state.tried = Some((Instant::now(), true));
                }
            }
        });
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn pausing(&self, now: Instant) -> bool {
        self.tried.is_some_and(|(at, failed)| {
            now.saturating_duration_since(at) < if failed { PAUSE_AFTER_FAILURE } else { PAUSE }
        })
    }

    /// What a caller is told when nothing more is asked of auth.
    fn settled(&self, known: Option<PublicKey>) -> Result<Option<PublicKey>> {
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

    #[tokio::test(start_paused = true)]
    async fn where_auth_was_not_there_yet_the_first_call_asks_again() {
        let key = KeyPair::generate(&Random::seeded(1)).public();
        let (keys, fetches) = counted([key].into_iter().collect(), 1);
        keys.fetch_ahead();
        drop(keys.turns.lock().await);
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        assert_eq!(keys.get(&key.id()).await.expect("fetched"), Some(key));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_keys_that_get_old() {
        let key = KeyPair::generate(&Random::seeded(1)).public();
        let (sender, receiver) = tokio::sync::watch::channel(true);
        let keys = UserKeys::fetched_by(move || {
            let mut open = receiver.clone();
            async move {
                open.wait_for(|open| *open).await.map_err(|_| Error::unavailable("gone"))?;
                Ok([key].into_iter().collect())
            }
        });
        keys.fetch_ahead();
        assert_eq!(keys.get(&key.id()).await.expect("fetched"), Some(key));
        sender.send_replace(false);
        tokio::time::advance(OLD).await;
        for _ in 0..3 {
            // Auth does not answer, and who calls is told at once.
            assert_eq!(keys.get(&key.id()).now_or_never().expect("at once").expect("known"), Some(key));
        }
        assert!(keys.turns.try_lock().is_err(), "they are being fetched");
        sender.send_replace(true);
        drop(keys.turns.lock().await);
        tokio::time::advance(STALE - OLD).await;
        assert_eq!(keys.get(&key.id()).now_or_never().expect("at once").expect("known"), Some(key), "they are new");
    }
}
