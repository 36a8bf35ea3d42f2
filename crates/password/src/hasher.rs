//! The hasher: computes hashes, a bounded number at a time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use labelmesh_clock::Random;
use labelmesh_errors::{Error, Reason, Result};
use serde::Deserialize;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

use crate::{Attempt, Cost, Hash, Password};

/// How hashes are computed.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The cost of new hashes and of the decoy, 4 to 20. It must be the same in users and in auth: otherwise an
    /// unknown user takes another time than a wrong password.
    pub cost: Cost,
    /// How many are computed at once; 0 means one per processor.
    pub workers: usize,
    /// How many callers may wait beyond those; more are refused.
    pub queue: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { cost: Cost::default(), workers: 0, queue: 64 }
    }
}

/// Computes hashes off the async threads. Clones share the bounds.
#[derive(Debug, Clone)]
pub struct Hasher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    cost: Cost,
    random: Random,
    decoy: Hash,
    workers: Arc<Semaphore>,
    places: Arc<Semaphore>,
    computed: AtomicU64,
}

impl Hasher {
    /// A hasher with the bounds and cost of the configuration; salts come from `random`.
    #[must_use]
    pub fn new(config: &Config, random: Random) -> Self {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let workers = if config.workers == 0 { processors() } else { config.workers };
        Self(Arc::new(Inner {
            cost: config.cost,
            random,
            decoy: Hash::decoy(config.cost),
            workers: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers.saturating_add(config.queue))),
            computed: AtomicU64::new(0),
        }))
    }

    /// Reserves a place in the queue; dropping the reservation gives it back.
    ///
    /// # Errors
    ///
    /// OVERLOADED, at once, when the queue is full.
    pub fn reserve(&self) -> Result<Reservation> {
        let Ok(place) = Arc::clone(&self.0.places).try_acquire_owned() else {
            metrics::counter!("password_refused_total").increment(1);
            return Err(Error::new(Reason::Overloaded, "too many passwords are being checked at this moment")
                .retry_after(std::time::Duration::from_secs(1)));
        };
        Ok(Reservation { hasher: self.clone(), place })
    }

    /// How many hashes have been computed.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.0.computed.load(Ordering::SeqCst)
    }
}

/// A reserved place in the queue, good for one computation.
#[derive(Debug)]
pub struct Reservation {
    hasher: Hasher,
    place: OwnedSemaphorePermit,
}

impl Reservation {
    /// Waits for a worker. Dropped while it waits, it has cost nothing.
    ///
    /// # Errors
    ///
    /// INTERNAL only.
    pub async fn turn(self) -> Result<Turn> {
        let Self { hasher, place } = self;
        let worker = Arc::clone(&hasher.0.workers).acquire_owned().await.map_err(Error::internal)?;
        Ok(Turn { hasher, permits: (worker, place) })
    }

    /// Hashes a chosen password, in its turn.
    ///
    /// # Errors
    ///
    /// INTERNAL only.
    pub async fn hash(self, password: Password) -> Result<Hash> {
        let (cost, salt) = (self.hasher.0.cost, self.hasher.0.random.bytes());
        self.turn().await?.compute(move || Hash::compute(password.expose(), cost, salt)).await
    }

    /// Whether the attempt is the password of the hash, in its turn. See [`Turn::verify`].
    ///
    /// # Errors
    ///
    /// INTERNAL only.
    pub async fn verify(self, attempt: Attempt, hash: Option<Hash>) -> Result<bool> {
        self.turn().await?.verify(attempt, hash).await
    }
}

/// A worker, for one computation.
#[derive(Debug)]
pub struct Turn {
    hasher: Hasher,
    permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
}

impl Turn {
    /// Whether the attempt is the password of the hash. Without a hash a decoy is computed and the answer is no.
    ///
    /// # Errors
    ///
    /// INTERNAL only.
    pub async fn verify(self, attempt: Attempt, hash: Option<Hash>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.hasher.0.decoy.clone());
        self.compute(move || {
            let mut right = false;
            for (spelling, may_match) in attempt.spellings() {
                right |= hash.matches(spelling)? & may_match;
            }
            Ok(right & known)
        })
        .await
    }

    /// Computes on a blocking thread. The permits go along, so that a caller who leaves does not make room for another
    /// while its computation still runs.
    async fn compute<T: Send + 'static>(self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let Self { hasher, permits } = self;
        let computed = spawn_blocking(move || {
            let result = work();
            hasher.0.computed.fetch_add(1, Ordering::SeqCst);
            metrics::counter!("password_computed_total").increment(1);
            drop(permits);
            result
        });
        computed.await.map_err(Error::internal)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(workers: usize, queue: usize) -> Hasher {
        Hasher::new(&Config { cost: Cost::LEAST, workers, queue }, Random::seeded(1))
    }

    #[tokio::test]
    async fn a_hash_is_matched_by_its_password_alone() {
        let hasher = hasher(1, 8);
        let password = Password::choose("correct horse".into()).expect("it obeys the rules");
        let hash = hasher.reserve().expect("a place").hash(password).await.expect("hashed");
        let verify = async |attempt: &str, hash| {
            hasher.reserve().expect("a place").verify(Attempt::new(attempt.into()), hash).await.expect("verified")
        };
        assert!(verify("correct horse", Some(hash.clone())).await);
        assert!(!verify("correct horsf", Some(hash.clone())).await);
        // bcrypt repeats password and NUL until its block is full, so this would match.
        assert!(!verify("correct horse\0correct horse", Some(hash)).await);
    }

    #[tokio::test]
    async fn a_password_matches_in_any_spelling_and_so_does_one_that_was_hashed_as_it_was_sent() {
        let hasher = hasher(1, 8);
        let (composed, decomposed) = ("Schl\u{fc}ssel-bund", "Schlu\u{308}ssel-bund");
        let verify = async |attempt: &str, hash: &Hash| {
            let attempt = Attempt::new(attempt.into());
            hasher.reserve().expect("a place").verify(attempt, Some(hash.clone())).await.expect("verified")
        };
        let password = Password::choose(decomposed.into()).expect("it obeys the rules");
        let hash = hasher.reserve().expect("a place").hash(password).await.expect("hashed");
        assert!(verify(composed, &hash).await && verify(decomposed, &hash).await);
        let old = Hash::compute(decomposed.as_bytes(), Cost::LEAST, [7; 16]).expect("computed");
        assert!(verify(decomposed, &old).await);
    }

    #[tokio::test]
    async fn an_unknown_user_costs_one_computation_like_a_known_one() {
        let hasher = hasher(1, 8);
        let attempt = Attempt::new("whatever it is".into());
        let right = hasher.reserve().expect("a place").verify(attempt, None).await.expect("verified");
        assert!(!right);
        assert_eq!(hasher.computed(), 1);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_a_place_that_is_given_back_is_free() {
        let hasher = hasher(1, 1);
        let first = hasher.reserve().expect("the worker's place");
        let second = hasher.reserve().expect("the queue's place");
        let refused = hasher.reserve().expect_err("the queue is full");
        assert_eq!(refused.reason(), Reason::Overloaded);
        drop(first);
        let third = hasher.reserve().expect("a place was given back");
        drop((second, third));
    }

    #[tokio::test]
    async fn all_who_have_a_place_are_served() {
        let hasher = hasher(2, 14);
        let places = (0..16).map(|_| hasher.reserve().expect("a place")).collect::<Vec<_>>();
        let verified = places.into_iter().map(|place| place.verify(Attempt::new("12345678".into()), None));
        assert!(futures::future::join_all(verified).await.into_iter().all(|right| right.is_ok_and(|right| !right)));
        assert_eq!(hasher.computed(), 16);
    }
}
