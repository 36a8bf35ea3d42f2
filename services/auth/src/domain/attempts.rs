//! How many failed attempts to sign in are borne.

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Reason, Result};
use sha2::{Digest as _, Sha256};

/// The limits within one window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) account: u32,
    pub(crate) address: u32,
    pub(crate) window: TimeDelta,
}

/// Whom an attempt is counted against, in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subjects {
    account: String,
    address: Option<String>,
}

/// How often a subject failed since its window began, the present attempt included.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) subject: String,
    pub(crate) since: DateTime<Utc>,
    pub(crate) failures: u32,
}

impl Subjects {
    /// The account that was named, whether it exists or not, and the address of whoever calls, where it is known.
    pub(crate) fn new(email: &str, address: Option<IpAddr>) -> Self {
        let account = hex::encode(Sha256::digest(email.to_ascii_lowercase()));
        Self { account: format!("account:{account}"), address: address.map(|ip| format!("address:{}", network(ip))) }
    }

    /// The account alone: what a success forgives altogether.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// The address alone: a success takes back its own attempt, and no other.
    pub(crate) fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<String> {
        [Some(self.account.clone()), self.address.clone()].into_iter().flatten().collect()
    }
}

impl Limits {
    /// Lets an attempt pass whose counts are within the limits.
    ///
    /// # Errors
    /// TOO_MANY_ATTEMPTS, with the time until the last of the windows in the way ends.
    pub(crate) fn admit(&self, counts: &[Count], now: DateTime<Utc>) -> Result<()> {
        let over = |count: &&Count| {
            let limit = if count.subject.starts_with("account:") { self.account } else { self.address };
            count.failures > limit
        };
        let Some(until) = counts.iter().filter(over).map(|count| count.since + self.window).max() else {
            return Ok(());
        };
        Err(Error::new(Reason::TooManyAttempts, "too many failed attempts to sign in")
            .retry_after((until - now).to_std().unwrap_or_default()))
    }
}

/// One host has a whole /64 of IPv6, so that is what counts as one address.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { account: 2, address: 4, window: TimeDelta::minutes(15) };

    fn count(subject: &str, failures: u32) -> Count {
        Count { subject: subject.into(), since: DateTime::UNIX_EPOCH, failures }
    }

    #[test]
    fn the_limit_is_the_last_attempt_that_passes() {
        let now = DateTime::UNIX_EPOCH;
        assert!(LIMITS.admit(&[count("account:a", 2), count("address:b", 4)], now).is_ok());
        for refused in [count("account:a", 3), count("address:b", 5)] {
            let error = LIMITS.admit(&[refused], now).expect_err("over the limit");
            assert_eq!(error.reason(), Reason::TooManyAttempts);
        }
    }

    #[test]
    fn an_account_is_the_same_in_any_case_and_is_not_stored_in_clear() {
        let subjects = Subjects::new("Ada@Example.com", None);
        assert_eq!(subjects, Subjects::new("ada@example.com", None));
        assert!(!subjects.account().contains("ada"));
        assert_eq!(subjects.all().len(), 1);
    }

    #[test]
    fn neighbours_in_one_ipv6_network_count_as_one() {
        let address = |ip: &str| Subjects::new("a", ip.parse().ok()).address().map(str::to_owned);
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }
}
