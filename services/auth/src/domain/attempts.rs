//! How many failed attempts to sign in are borne.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Network;
use sha2::{Digest as _, Sha256};

/// The limits within one window, and how long an account that has signed in from a network is familiar there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) account: u32,
    pub(crate) network: u32,
    pub(crate) window: TimeDelta,
    pub(crate) familiar_for: TimeDelta,
}

/// Whom an attempt is counted against, in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subjects {
    account: String,
    network: Option<String>,
}

/// How often a subject has failed since its window began.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) subject: String,
    pub(crate) since: DateTime<Utc>,
    pub(crate) failures: u32,
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
    /// The account that was named, whether it exists or not, and the network around the address of whoever calls, where
    /// it is known.
    pub(crate) fn new(email: &str, address: Option<IpAddr>) -> Self {
        let account = hex::encode(Sha256::digest(email.to_ascii_lowercase()));
        let network = address.map(|address| format!("network:{}", Network::around(address)));
        Self { account: format!("account:{account}"), network }
    }

    /// The account alone: what a success forgives altogether.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// The network alone: a success takes back its own attempt, and no other.
    pub(crate) fn network(&self) -> Option<&str> {
        self.network.as_deref()
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<String> {
        [Some(self.account.clone()), self.network.clone()].into_iter().flatten().collect()
    }

    /// The account in the network, as one: a digest, since where somebody is usually is nobody's business.
    pub(crate) fn place(&self) -> Option<Vec<u8>> {
        let network = self.network.as_deref()?;
        Some(Sha256::digest(format!("{} {network}", self.account)).to_vec())
    }

    /// Whom an attempt counts against. An account that is familiar in its network has its own count alone: others
    /// there can't close it, and the count of the account bounds how often it may guess.
    pub(crate) fn counted(self, record: &Record) -> Self {
        if record.familiar { Self { network: None, ..self } } else { self }
    }
}

impl Limits {
    /// How often a subject may fail within one window.
    pub(crate) fn of(&self, subject: &str) -> u32 {
        if subject.starts_with("account:") { self.account } else { self.network }
    }

    /// Lets one more attempt of these subjects pass.
    ///
    /// # Errors
    /// TOO_MANY_ATTEMPTS, with the time until the last of the windows in the way ends.
    pub(crate) fn admit(&self, subjects: &Subjects, record: &Record, now: DateTime<Utc>) -> Result<()> {
        let all = subjects.all();
        let used_up = |count: &&Count| all.contains(&count.subject) && count.failures >= self.of(&count.subject);
        let Some(until) = record.counts.iter().filter(used_up).map(|count| count.since + self.window).max() else {
            return Ok(());
        };
        Err(Error::new(Reason::TooManyAttempts, "too many failed attempts to sign in")
            .retry_after((until - now).to_std().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { account: 2, network: 4, window: TimeDelta::minutes(15), familiar_for: TimeDelta::days(30) };

    fn subjects() -> Subjects {
        Subjects::new("ada@example.com", "192.0.2.7".parse().ok())
    }

    fn record(subject: Option<&str>, failures: u32) -> Record {
        let subject = subject.expect("it is known").to_owned();
        Record { counts: vec![Count { subject, since: DateTime::UNIX_EPOCH, failures }], familiar: false }
    }

    #[test]
    fn the_limit_is_the_last_attempt_that_passes() {
        let (subjects, now) = (subjects(), DateTime::UNIX_EPOCH);
        let account = |failures| record(Some(subjects.account()), failures);
        let network = |failures| record(subjects.network(), failures);
        for passes in [account(1), network(3)] {
            assert!(LIMITS.admit(&subjects, &passes, now).is_ok());
        }
        for refused in [account(2), network(4)] {
            let error = LIMITS.admit(&subjects, &refused, now).expect_err("over the limit");
            assert_eq!(error.reason(), Reason::TooManyAttempts);
        }
    }

    #[test]
    fn an_account_that_is_familiar_in_its_network_has_its_own_limit_alone() {
        let now = DateTime::UNIX_EPOCH;
        let admit = |record: &Record| LIMITS.admit(&subjects().counted(record), record, now);
        let network = Record { familiar: true, ..record(subjects().network(), 4) };
        assert!(admit(&network).is_ok());
        let account = Record { familiar: true, ..record(Some(subjects().account()), 2) };
        assert!(admit(&account).is_err());
    }

    #[test]
    fn a_place_is_an_account_in_a_network() {
        let of = |email, ip: &str| Subjects::new(email, ip.parse().ok()).place();
        assert_eq!(of("Ada@example.com", "192.0.2.7"), subjects().place());
        assert_eq!(of("ada@example.com", "192.0.2.8"), subjects().place());
        assert_ne!(of("ada@example.com", "192.0.3.7"), subjects().place());
        assert_ne!(of("eve@example.com", "192.0.2.7"), subjects().place());
        assert_eq!(Subjects::new("ada@example.com", None).place(), None);
    }

    #[test]
    fn an_account_is_the_same_in_any_case_and_is_not_stored_in_clear() {
        let subjects = Subjects::new("Ada@Example.com", None);
        assert_eq!(subjects, Subjects::new("ada@example.com", None));
        assert!(!subjects.account().contains("ada"));
        assert_eq!(subjects.all().len(), 1);
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
