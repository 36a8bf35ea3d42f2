//! Which key signs, which are published, and when the next one is due.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_identity::{KeyPair, PublicKey, TOKEN_LIFETIME};

/// How far beyond a token's end its key stays published: verifiers allow for clocks that disagree.
const MARGIN: TimeDelta = TimeDelta::seconds(30);

/// When keys change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rotation {
    /// How long a key signs.
    pub(crate) every: TimeDelta,
    /// How long a new key is published before it signs.
    pub(crate) publish_ahead: TimeDelta,
}

impl Rotation {
    /// The shortest time for which a new key must be published before it signs.
    pub(crate) const LEAST_PUBLISHED: Duration = Duration::from_secs(90);
}

/// A key that signs from a time on.
#[derive(Debug, Clone)]
pub(crate) struct SigningKey {
    pub(crate) pair: KeyPair,
    pub(crate) signs_from: DateTime<Utc>,
}

/// All keys that are stored, the newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyRing(Vec<SigningKey>);

impl KeyRing {
    pub(crate) fn new(mut keys: Vec<SigningKey>) -> Self {
        keys.sort_by_key(|key| std::cmp::Reverse(key.signs_from));
        Self(keys)
    }

    /// The key that signs now: the newest whose time has come.
    pub(crate) fn signing(&self, now: DateTime<Utc>) -> Option<&SigningKey> {
        self.0.iter().find(|key| key.signs_from <= now)
    }

    /// The public keys with which a token may be signed that is valid now or will be soon, the newest first.
    pub(crate) fn published(&self, now: DateTime<Utc>) -> Vec<PublicKey> {
        let needed = self.0.len() - self.outlived(now).len();
        self.0[..needed].iter().map(|key| key.pair.public()).collect()
    }

    /// The keys whose last token has expired.
    pub(crate) fn outlived(&self, now: DateTime<Utc>) -> &[SigningKey] {
        let lifetime = TimeDelta::from_std(TOKEN_LIFETIME).unwrap_or(TimeDelta::MAX) + MARGIN;
        // A key signs its last token when its successor, which stands before it, takes over.
        let replaced = self.0.iter().position(|successor| successor.signs_from + lifetime <= now);
        replaced.map_or(&[], |successor| &self.0[successor + 1..])
    }

    /// From when a key must sign that is to be made now; nothing while none is due.
    pub(crate) fn next_due(&self, rotation: Rotation, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Some(newest) = self.0.first() else {
            // Nothing was signed yet, so nobody can miss the key.
            return Some(now);
        };
        let due = newest.signs_from + rotation.every;
        (due - rotation.publish_ahead <= now).then(|| due.max(now + rotation.publish_ahead))
    }

    /// From when a key must sign that is made now before it is due; nothing while one is published that does not sign
    /// yet.
    pub(crate) fn next_early(&self, rotation: Rotation, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.0.first() {
            None => Some(now),
            Some(newest) => (newest.signs_from <= now).then(|| now + rotation.publish_ahead),
        }
    }

    /// All keys, the newest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &SigningKey> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_clock::Random;

    use super::*;

    const ROTATION: Rotation = Rotation { every: TimeDelta::days(30), publish_ahead: TimeDelta::minutes(10) };

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn ring(signs_from: &[DateTime<Utc>]) -> KeyRing {
        let random = Random::seeded(1);
        let key = |signs_from: &DateTime<Utc>| SigningKey { pair: KeyPair::generate(&random), signs_from: *signs_from };
        KeyRing::new(signs_from.iter().map(key).collect())
    }

    #[test]
    fn the_first_key_signs_at_once() {
        assert_eq!(KeyRing::default().next_due(ROTATION, at(5)), Some(at(5)));
        assert!(KeyRing::default().signing(at(5)).is_none());
    }

    #[test]
    fn a_new_key_is_published_before_it_signs() {
        let month = 30 * 24 * 60;
        let first = ring(&[at(0)]);
        assert_eq!(first.next_due(ROTATION, at(month - 11)), None);
        assert_eq!(first.next_due(ROTATION, at(month - 10)), Some(at(month)));
        // After a long sleep it is published for as long, and the old one signs meanwhile.
        assert_eq!(first.next_due(ROTATION, at(2 * month)), Some(at(2 * month + 10)));

        let both = ring(&[at(0), at(month)]);
        assert_eq!(both.next_due(ROTATION, at(month - 10)), None);
        assert_eq!(both.published(at(month - 10)).len(), 2);
        assert_eq!(both.signing(at(month - 1)).map(|key| key.signs_from), Some(at(0)));
        assert_eq!(both.signing(at(month)).map(|key| key.signs_from), Some(at(month)));
    }

    #[test]
    fn a_key_that_is_asked_for_is_published_as_long_and_comes_once() {
        assert_eq!(KeyRing::default().next_early(ROTATION, at(5)), Some(at(5)));
        assert_eq!(ring(&[at(0)]).next_early(ROTATION, at(5)), Some(at(15)));
        let both = ring(&[at(0), at(15)]);
        assert_eq!(both.next_early(ROTATION, at(14)), None);
        assert_eq!(both.next_early(ROTATION, at(15)), Some(at(25)));
        // Its age counts from when it signs.
        assert_eq!(both.next_due(ROTATION, at(30 * 24 * 60)), None);
    }

    #[test]
    fn an_old_key_stays_until_its_last_token_has_expired() {
        let both = ring(&[at(0), at(100)]);
        assert_eq!(both.published(at(101)).len(), 2);
        assert!(both.outlived(at(101)).is_empty());
        assert_eq!(both.published(at(102)).len(), 1);
        assert_eq!(both.outlived(at(102)).first().map(|key| key.signs_from), Some(at(0)));
    }

    #[test]
    fn the_only_key_is_never_outlived() {
        assert_eq!(ring(&[at(0)]).published(at(1_000_000)).len(), 1);
    }
}
