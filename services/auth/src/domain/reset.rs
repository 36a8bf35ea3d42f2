//! Passwords that were forgotten, and what replaces them.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Network;
use labelmesh_ids::{DeliveryId, UserId};
use sha2::{Digest as _, Sha256};

/// For how long what was mailed is good, and how often it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResetRules {
    pub(crate) lifetime: TimeDelta,
    /// For an address, within one window.
    pub(crate) per_address: u32,
    /// From a network, within one window.
    pub(crate) per_network: u32,
    pub(crate) window: TimeDelta,
}

impl ResetRules {
    /// By what a request is counted and how often it may be, in the order in which counts are locked. An address is
    /// counted whether anybody has it or not.
    pub(crate) fn counted(self, email: &str, address: Option<IpAddr>) -> Vec<(String, u32)> {
        let email = format!("reset:{}", hex::encode(email_digest(email)));
        let network = address.map(|address| (format!("reset:{}", Network::around(address)), self.per_network));
        [(email, self.per_address)].into_iter().chain(network).collect()
    }

    /// Lets a request pass that is the `count`th since a time.
    ///
    /// # Errors
    /// RATE_LIMITED.
    pub(crate) fn admit(self, count: u32, most: u32, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        if count <= most {
            return Ok(());
        }
        let wait = (since + self.window - now).to_std().unwrap_or_default();
        Err(Error::new(Reason::RateLimited, "it was asked for too often").retry_after(wait))
    }
}

/// A password reset that was mailed.
#[derive(Debug, Clone)]
pub(crate) struct Reset {
    /// That of the request, and of the mail.
    pub(crate) id: DeliveryId,
    pub(crate) user: UserId,
    pub(crate) email_digest: [u8; 32],
    /// The version of the password that it replaces.
    pub(crate) password_version: u64,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What is kept of an address, in any case.
pub(crate) fn email_digest(email: &str) -> [u8; 32] {
    Sha256::digest(email.to_ascii_lowercase()).into()
}

/// The refusal of a token that replaces nothing.
pub(crate) fn link_invalid() -> Error {
    let sentence = "the token was used, its time is over, or a newer one was mailed: ask for another one";
    Error::new(Reason::LinkInvalid, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_in_any_case_and_is_not_told() {
        let rules = ResetRules {
            lifetime: TimeDelta::minutes(30),
            per_address: 3,
            per_network: 30,
            window: TimeDelta::hours(1),
        };
        let counted = rules.counted("Ada@example.com", Some([192, 0, 2, 7].into()));
        assert_eq!(counted, rules.counted("ada@EXAMPLE.com", Some([192, 0, 2, 9].into())));
        assert!(counted.len() == 2 && counted.iter().all(|(subject, _)| !subject.contains("ada")));
        let now = DateTime::UNIX_EPOCH;
        assert!(rules.admit(3, 3, now, now).is_ok());
        assert_eq!(rules.admit(4, 3, now, now).expect_err("too often").reason(), Reason::RateLimited);
    }
}
