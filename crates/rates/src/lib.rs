#![doc = include_str!("../README.md")]

mod cell;
mod key;
mod news;
mod quota;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use labelmesh_clock::{Clock, Random};
use moka::{policy::EvictionPolicy, sync::Cache};

use cell::Cell;
pub use key::Key;
use news::{Consumed, News};
pub use quota::Quota;

/// How many keys are told of in one message, which then fits into what a broker takes.
const ROWS: usize = 10_000;

/// What each key has used of its quota. Replicas that hear each other come to the same.
pub struct Rates {
    clock: Clock,
    /// By which a replica knows its own news.
    replica: Bytes,
    cells: Cache<Key, Arc<Cell>>,
    /// What was let through since others were told, with the quota's interval.
    unshared: Mutex<HashMap<Key, (u64, u32)>>,
}

/// What became of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The quota that was asked for.
    pub quota: Quota,
    /// How many more would be let through now.
    pub remaining: u32,
    /// After how long the whole quota is there again, if nothing more is taken.
    pub whole_after: Duration,
    /// After how long another attempt would be let through, where this one was not.
    pub refused_for: Option<Duration>,
}

impl Rates {
    /// Remembers so many keys.
    #[must_use]
    pub fn new(remembered: u64, clock: Clock, random: &Random) -> Self {
        let cells = Cache::builder().max_capacity(remembered).eviction_policy(EvictionPolicy::lru()).build();
        let replica = Bytes::copy_from_slice(&random.bytes::<16>());
        Self { clock, replica, cells, unshared: Mutex::default() }
    }

    /// Takes one of a key's quota, or says when there will be one.
    pub fn take(&self, key: Key, quota: Quota) -> Taken {
        let taken = self.cell(key).take(quota, self.now());
        if taken.refused_for.is_none() {
            let mut unshared = self.unshared.lock().expect("nothing panics with the lock");
            // Beyond that many at once it matters little what one of them has used.
            if unshared.len() < ROWS || unshared.contains_key(&key) {
                unshared.entry(key).or_insert((quota.interval(), 0)).1 += 1;
            }
        }
        taken
    }

    /// What this replica has let through since it was last asked, as a message for the others; none where that is
    /// nothing.
    pub fn unshared(&self) -> Option<Bytes> {
        let unshared = std::mem::take(&mut *self.unshared.lock().expect("nothing panics with the lock"));
        if unshared.is_empty() {
            return None;
        }
        let consumed = unshared.into_iter().map(|(key, (interval, count))| Consumed::new(key, interval, count));
        Some(News { replica: self.replica.clone(), consumed: consumed.collect() }.encode())
    }

    /// Adds what another replica has let through. What can't be read, and one's own news, is passed over.
    pub fn hear(&self, message: &[u8]) {
        let Some(news) = News::decode(message).filter(|news| news.replica != self.replica) else { return };
        let now = self.now();
        for consumed in news.consumed {
            self.cell(consumed.key()).add(consumed.micros(), now);
        }
    }

    fn cell(&self, key: Key) -> Arc<Cell> {
        self.cells.get_with(key, Arc::default)
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }
}

#[cfg(test)]
mod tests;
