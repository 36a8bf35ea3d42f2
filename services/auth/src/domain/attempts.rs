//! How many failed attempts to sign in are borne.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Network;
use sha2::{Digest as _, Sha256};

/// The limits, and how long an account that has signed in from a network is familiar there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// For an account in one network, within one window.
    pub(crate) account: u32,
    /// For a network, within one window.
    pub(crate) network: u32,
    pub(crate) window: TimeDelta,
    /// The longest that an account has to wait for what was tried in several networks.
    pub(crate) longest_wait: TimeDelta,
    pub(crate) familiar_for: TimeDelta,
}

/// Whom an attempt is counted against, in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subjects {
    /// The account, wherever it is tried.
    account: Option<String>,
    /// The network, whichever account is tried.
    network: Option<String>,
    /// The account in this network.
    place: Place,
}

/// An account in a network, as one: a digest, since where somebody usually is is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place([u8; 32]);

/// What is borne of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// So many failures within a window that begins with the first. Then it is closed until the window is over.
    Hard(u32),
    /// So many failures at once. Then each makes it wait twice as long as the one before, and it is never closed.
    Soft(u32),
}

/// How often a subject has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) subject: String,
    /// When its window began. Where it is bound softly: until when failures have been forgotten.
    pub(crate) since: DateTime<Utc>,
    pub(crate) failures: u32,
    /// Where it is bound softly: until when the next attempt has to wait.
    pub(crate) open_at: Option<DateTime<Utc>>,
}

/// What is known before an attempt.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The counts of its subjects whose window is not over.
    pub(crate) counts: Vec<Count>,
    /// Whether the account has lately signed in from the network.
    pub(crate) familiar: bool,
}

impl Subjects {
    /// The account that was named, whether it exists or not, and the network around the address of whoever calls. All
    /// whose address is unknown are one network, which has no count of its own.
    pub(crate) fn new(email: &str, address: Option<IpAddr>) -> Self {
        let account = format!("account:{}", hex::encode(Sha256::digest(email.to_ascii_lowercase())));
        let network = address.map(|address| format!("network:{}", Network::around(address)));
        let place = Sha256::digest(format!("{account} {}", network.as_deref().unwrap_or_default())).into();
        Self { account: Some(account), network, place: Place(place) }
    }

    /// The network alone: a success takes back its own attempt, and no other.
    pub(crate) fn network(&self) -> Option<&str> {
        self.network.as_deref()
    }

    /// What a success forgives altogether: the account, and its place.
    pub(crate) fn forgiven(&self) -> Vec<String> {
        self.account.iter().cloned().chain([self.place.subject()]).collect()
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<String> {
        self.forgiven().into_iter().chain(self.network.clone()).collect()
    }

    /// By what it is remembered that the account has signed in from the network; none where that is unknown.
    pub(crate) fn place(&self) -> Option<&[u8]> {
        self.network.as_ref().map(|_| &self.place.0[..])
    }

    /// Whom an attempt counts against. An account that is familiar in its network has the count of that place alone:
    /// others, there or elsewhere, can't close it, and that count bounds how often it may guess.
    pub(crate) fn counted(self, record: &Record) -> Self {
        if record.familiar { Self { account: None, network: None, ..self } } else { self }
    }
}

impl Place {
    /// As it is counted.
    fn subject(self) -> String {
        format!("place:{}", hex::encode(self.0))
    }
}

impl Limits {
    /// What is borne of a subject. Of an account it is what a network that tries it can't get to: twice what it may try
    /// in a window, in the last minute of one and the first of the next.
    fn of(&self, subject: &str) -> Bound {
        match subject.split_once(':') {
            Some(("account", _)) => Bound::Soft(self.account.saturating_mul(2)),
            Some(("place", _)) => Bound::Hard(self.account),
            _ => Bound::Hard(self.network),
        }
    }

    /// Lets one more attempt of these subjects pass.
    ///
    /// # Errors
    /// TOO_MANY_ATTEMPTS, with the time until all of them may try again.
    pub(crate) fn admit(&self, subjects: &Subjects, record: &Record, now: DateTime<Utc>) -> Result<()> {
        let all = subjects.all();
        let counts = record.counts.iter().filter(|count| all.contains(&count.subject));
        match counts.filter_map(|count| self.open_at(count)).max() {
            Some(until) if until > now => {
                Err(Error::new(Reason::TooManyAttempts, "too many failed attempts to sign in")
                    .retry_after((until - now).to_std().unwrap_or_default()))
            }
            _ => Ok(()),
        }
    }

    /// From when on the subject of a count may try again; none where it may at once.
    fn open_at(&self, count: &Count) -> Option<DateTime<Utc>> {
        match self.of(&count.subject) {
            Bound::Hard(most) => (count.failures >= most).then(|| count.since + self.window),
            Bound::Soft(_) => count.open_at,
        }
    }

    /// What is to be remembered of a subject that fails once more, after what is known of it.
    pub(crate) fn one_more(&self, subject: String, before: Option<&Count>, now: DateTime<Utc>) -> Count {
        let before = before.filter(|count| self.counts(count, now));
        let bound = self.of(&subject);
        let (failures, since) = match (before, bound) {
            (None, _) => (0, now),
            (Some(count), Bound::Hard(_)) => (count.failures, count.since),
            (Some(count), Bound::Soft(_)) => self.forgotten(count, now),
        };
        let failures = failures.saturating_add(1);
        let open_at = match bound {
            Bound::Soft(free) => self.wait(failures.saturating_sub(free)).map(|wait| now + wait),
            Bound::Hard(_) => None,
        };
        Count { subject, since: if failures == 1 { now } else { since }, failures, open_at }
    }

    /// Whether a count is remembered.
    pub(crate) fn counts(&self, count: &Count, now: DateTime<Utc>) -> bool {
        count.since > now - self.window
    }

    /// What is left of failures of which as many are forgotten in a window as one network may try, and until when that
    /// has been done.
    fn forgotten(&self, count: &Count, now: DateTime<Utc>) -> (u32, DateTime<Utc>) {
        let each = self.window.num_milliseconds() / i64::from(self.account);
        let times = (now - count.since).num_milliseconds().max(0) / each.max(1);
        let failures = count.failures.saturating_sub(u32::try_from(times).unwrap_or(u32::MAX));
        (failures, count.since + TimeDelta::milliseconds(times * each))
    }

    /// How long to wait after so many failures too many: 1, 2, 4 ... seconds, up to the longest; none after none.
    fn wait(&self, over: u32) -> Option<TimeDelta> {
        let doublings = over.checked_sub(1)?.min(30);
        Some(TimeDelta::seconds(1 << doublings).min(self.longest_wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        account: 2,
        network: 4,
        window: TimeDelta::minutes(15),
        longest_wait: TimeDelta::seconds(60),
        familiar_for: TimeDelta::days(30),
    };

    fn subjects() -> Subjects {
        Subjects::new("ada@example.com", "192.0.2.7".parse().ok())
    }

    /// What is known after so many failures, all at once, of the subject of this kind.
    fn record(kind: &str, failures: u32) -> Record {
        let subject = subjects().all().into_iter().find(|subject| subject.starts_with(kind)).expect("it is one");
        let before = Count { subject, since: DateTime::UNIX_EPOCH, failures: failures - 1, open_at: None };
        let count = LIMITS.one_more(before.subject.clone(), Some(&before), DateTime::UNIX_EPOCH);
        Record { counts: vec![count], familiar: false }
    }

    #[test]
    fn the_limit_is_the_last_attempt_that_passes() {
        let (subjects, now) = (subjects(), DateTime::UNIX_EPOCH);
        for passes in [record("place", 1), record("network", 3), record("account", 4)] {
            assert!(LIMITS.admit(&subjects, &passes, now).is_ok());
        }
        for refused in [record("place", 2), record("network", 4), record("account", 5)] {
            let error = LIMITS.admit(&subjects, &refused, now).expect_err("over the limit");
            assert_eq!(error.reason(), Reason::TooManyAttempts);
        }
    }

    #[test]
    fn an_account_waits_twice_as_long_each_time_and_is_never_closed() {
        for (failures, seconds) in [(5, 1), (6, 2), (7, 4), (8, 8), (10, 32), (11, 60), (12, 60), (u32::MAX, 60)] {
            let record = record("account", failures);
            let open_at = DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
            assert_eq!(record.counts[0].open_at, Some(open_at), "{failures}");
            assert!(LIMITS.admit(&subjects(), &record, open_at).is_ok());
        }
    }

    #[test]
    fn a_window_begins_with_the_first_failure_and_an_account_forgets_little_by_little() {
        let later = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        for (kind, after, failures) in
            [("place", 14, 3), ("place", 15, 1), ("network", 14, 3), ("account", 7, 3), ("account", 14, 2)]
        {
            let before = &record(kind, 2).counts[0];
            let next = LIMITS.one_more(before.subject.clone(), Some(before), later(after));
            assert_eq!(next.failures, failures, "{kind} after {after} minutes");
        }
    }

    #[test]
    fn one_network_alone_never_makes_an_account_wait() {
        let [account, place] = ["account", "place"].map(|kind| record(kind, 1).counts[0].subject.clone());
        // As often as it may, at any pace.
        for seconds in [1, 29, 299, 449, 451] {
            let (mut account_now, mut place_now, mut let_in): (Option<Count>, Option<Count>, _) = (None, None, 0);
            for attempt in 0..1_000 {
                let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(attempt * seconds);
                let closed = place_now.as_ref().filter(|count| LIMITS.counts(count, now));
                if closed.and_then(|count| LIMITS.open_at(count)).is_some_and(|until| until > now) {
                    continue;
                }
                place_now = Some(LIMITS.one_more(place.clone(), place_now.as_ref(), now));
                account_now = Some(LIMITS.one_more(account.clone(), account_now.as_ref(), now));
                let_in += 1;
                assert_eq!(account_now.as_ref().and_then(|count| count.open_at), None, "every {seconds} seconds");
            }
            assert!(let_in > 1);
        }
    }

    #[test]
    fn an_account_that_is_familiar_in_its_network_has_its_own_limit_alone() {
        let now = DateTime::UNIX_EPOCH;
        let admit = |record: &Record| LIMITS.admit(&subjects().counted(record), record, now);
        for others in [record("network", 4), record("account", 5)] {
            assert!(admit(&others).is_err());
            assert!(admit(&Record { familiar: true, ..others }).is_ok());
        }
        assert!(admit(&Record { familiar: true, ..record("place", 2) }).is_err());
    }

    #[test]
    fn a_place_is_an_account_in_a_network() {
        let of = |email, ip: &str| Subjects::new(email, ip.parse().ok()).place;
        assert_eq!(of("Ada@example.com", "192.0.2.7"), subjects().place);
        assert_eq!(of("ada@example.com", "192.0.2.8"), subjects().place);
        assert_ne!(of("ada@example.com", "192.0.3.7"), subjects().place);
        assert_ne!(of("eve@example.com", "192.0.2.7"), subjects().place);
        assert_ne!(of("eve@example.com", ""), of("ada@example.com", ""));
        assert_eq!(Subjects::new("ada@example.com", None).place(), None);
    }

    #[test]
    fn an_account_is_the_same_in_any_case_and_is_not_stored_in_clear() {
        let subjects = Subjects::new("Ada@Example.com", None);
        assert_eq!(subjects, Subjects::new("ada@example.com", None));
        assert!(subjects.all().iter().all(|subject| !subject.contains("ada@")));
        assert_eq!(subjects.all().len(), 2);
    }

    #[test]
    fn neighbours_in_one_network_count_as_one() {
        let network = |ip: &str| Subjects::new("a", ip.parse().ok()).network().map(str::to_owned);
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("192.0.2.1"), network("192.0.2.254"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
