//! Shares: a bound on what each of many may hold at once.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard},
};

/// A bound on how many units of something each key may hold at once. Clones share it.
///
/// Only who holds something is remembered, so it is no larger than what is held.
#[derive(Debug)]
pub struct Shares<K> {
    most: usize,
    held: Arc<Mutex<HashMap<K, usize>>>,
}

/// What somebody holds, until it is dropped.
pub struct Share<K: Eq + Hash> {
    key: K,
    units: usize,
    held: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Eq + Hash + Clone> Shares<K> {
    /// At most so many units for each.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// Takes units for somebody; `None` where that would be more than their share.
    #[must_use]
    pub fn take(&self, key: &K, units: usize) -> Option<Share<K>> {
        let mut held = lock(&self.held);
        let present = held.get(key).copied().unwrap_or(0);
        let all = present.checked_add(units).filter(|all| *all <= self.most)?;
        held.insert(key.clone(), all);
        Some(Share { key: key.clone(), units, held: self.held.clone() })
    }
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self { most: self.most, held: self.held.clone() }
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        if let Some(units) = held.get_mut(&self.key) {
            *units = units.saturating_sub(self.units);
            if *units == 0 {
                held.remove(&self.key);
            }
        }
    }
}

impl<K: Eq + Hash + fmt::Debug> fmt::Debug for Share<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Share").field("key", &self.key).field("units", &self.units).finish()
    }
}

fn lock<K>(held: &Mutex<HashMap<K, usize>>) -> MutexGuard<'_, HashMap<K, usize>> {
    held.lock().expect("nothing panics with the lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_share_gives_it_back_and_is_forgotten() {
        let shares = Shares::new(3);
        let two = shares.take(&"a", 2).expect("a share");
        let one = shares.take(&"a", 1).expect("the rest of it");
        assert!(shares.take(&"a", 1).is_none() && shares.take(&"b", 4).is_none());
        let other = shares.take(&"b", 3).expect("another's share");
        drop(two);
        assert!(shares.take(&"a", 3).is_none());
        drop(shares.take(&"a", 2).expect("what was given back"));
        drop((one, other));
        assert!(lock(&shares.held).is_empty());
        assert!(shares.take(&"a", usize::MAX).is_none());
    }
}
