//! How addresses are confirmed: what is mailed, for how long it is good, and how often it is mailed.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_email::Email;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Network;
use labelmesh_ids::{DeliveryId, UserId};
use sha2::{Digest as _, Sha256};

use super::Token;

/// Whether the address of a user counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// Not yet: its owner has to confirm it.
    No,
    /// Its owner has confirmed it.
    At(DateTime<Utc>),
    /// Nobody had to confirm it.
    Assumed,
}

/// How long what is mailed is good, and how often it is mailed at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) lifetime: TimeDelta,
    /// To one address in a day.
    pub(crate) per_address: u32,
    /// For one user in a day.
    pub(crate) per_user: u32,
    /// For people in one network in an hour.
    pub(crate) per_network: u32,
}

/// Something by which mails are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Names it, without telling an address.
    pub(crate) subject: String,
    pub(crate) most: u32,
    pub(crate) window: TimeDelta,
}

impl Bounds {
    /// What a mail to an address counts for, in the order in which counts are locked. The network is that of who calls,
    /// where that counts.
    pub(crate) fn of(self, email: &Email, user: UserId, address: Option<IpAddr>) -> Vec<Counted> {
        let digest = hex::encode(Sha256::digest(email.as_str()));
        let day = |subject, most| Counted { subject, most, window: TimeDelta::days(1) };
        let mut counted =
            vec![day(format!("address:{digest}"), self.per_address), day(format!("user:{user}"), self.per_user)];
        counted.extend(address.map(|address| Counted {
            subject: format!("network:{}", Network::around(address)),
            most: self.per_network,
            window: TimeDelta::hours(1),
        }));
        counted
    }
}

impl Counted {
    /// Lets a mail pass that is the `count`th since a time.
    ///
    /// # Errors
    /// RATE_LIMITED, with the time until it would be the first.
    pub(crate) fn admit(&self, count: u32, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        if count <= self.most {
            return Ok(());
        }
        let wait = (since + self.window - now).to_std().unwrap_or_default();
        let sentence = "so many mails about addresses to confirm were asked for that no more is sent at present";
        Err(Error::new(Reason::RateLimited, sentence).retry_after(wait))
    }
}

/// What is to be confirmed, and by what.
#[derive(Debug, Clone)]
pub(crate) struct Confirmation {
    /// Its id, which is that of the mail too.
    pub(crate) id: DeliveryId,
    pub(crate) user: UserId,
    pub(crate) email: Email,
    /// The address whose place it takes, which is told so.
    pub(crate) told: Option<Email>,
    pub(crate) token: Token,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_counted_names_no_address_and_comes_in_one_order() {
        let bounds = Bounds { lifetime: TimeDelta::days(1), per_address: 3, per_user: 10, per_network: 60 };
        let user = Uuid::from_u128(7).into();
        let all = bounds.of(&Email::spelled("ada@example.com"), user, Some([192, 0, 2, 7].into()));
        let begins = ["address:", "user:", "network:"];
        assert!(all.iter().zip(begins).all(|(one, begin)| one.subject.starts_with(begin)), "{all:?}");
        assert!(all.len() == 3 && all.iter().all(|one| !one.subject.contains("ada")), "{all:?}");
        assert_eq!(bounds.of(&Email::spelled("ada@example.com"), user, None).len(), 2);
    }

    #[test]
    fn what_is_over_the_bound_waits_for_the_end_of_the_window() {
        let counted = Counted { subject: String::new(), most: 3, window: TimeDelta::hours(1) };
        let (since, now) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::minutes(20));
        assert!(counted.admit(3, since, now).is_ok());
        assert_eq!(counted.admit(4, since, now).expect_err("too many").reason(), Reason::RateLimited);
    }
}
