//! Numbers to which people are sent text messages, and the codes that show whose they are.

use std::{fmt, net::IpAddr};

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_clock::Random;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Network;
use labelmesh_ids::UserId;
use sha2::{Digest as _, Sha256};

/// How many digits a number has (E.164, 6.2.1); the shortest that are in use have seven.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// For how long a code is good.
pub(crate) const CODE_LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How many wrong codes are taken.
pub(crate) const TRIES: i32 = 5;
/// Within this time things are counted.
pub(crate) const WINDOW: TimeDelta = TimeDelta::hours(1);
/// How often a code may be asked for within it: for a number, by a user, and from a network.
const PER_NUMBER: u32 = 3;
const PER_USER: u32 = 5;
const PER_NETWORK: u32 = 20;
/// How many notifications a user is texted within it.
pub(crate) const TOLD: u32 = 20;

/// A number with its country.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads one as E.164 writes it.
    ///
    /// # Errors
    /// FIELD_INVALID, naming `number`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let digits = text.strip_prefix('+').filter(|digits| {
            DIGITS.contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|digit| digit.is_ascii_digit())
        });
        let rule = "must be “+” and 7 to 15 digits, of which the first is not 0";
        digits.map(|_| Self(text.to_owned())).ok_or_else(|| Error::invalid("number", rule))
    }

    /// One that was parsed when it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(..)")
    }
}

/// Six digits that are texted to a number.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PhoneCode(String);

impl PhoneCode {
    pub(crate) fn generate(random: &Random) -> Self {
        Self(format!("{:06}", u64::from_be_bytes(random.bytes()) % 1_000_000))
    }

    /// One as somebody has typed it: spaces and hyphens don't count.
    pub(crate) fn typed(text: &str) -> Self {
        Self(text.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// What is texted.
    pub(crate) fn words(&self) -> String {
        let minutes = CODE_LIFETIME.num_minutes();
        format!(
            "{} confirms this number at Labelmesh, within {minutes} minutes. If you have not asked for it, there is \
             nothing to do.",
            self.0
        )
    }
}

impl fmt::Debug for PhoneCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneCode(..)")
    }
}

/// What a user has of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Phone {
    /// The number to which is texted, and when it was confirmed.
    pub(crate) confirmed: Option<(PhoneNumber, DateTime<Utc>)>,
    pub(crate) pending: Option<Pending>,
}

/// A number that is to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) number: PhoneNumber,
    pub(crate) sealed_code: Vec<u8>,
    pub(crate) expires_at: DateTime<Utc>,
    /// How many wrong codes were tried.
    pub(crate) tries: i32,
}

impl Pending {
    /// Whether its code may still be shown.
    pub(crate) fn is_good(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at && self.tries < TRIES
    }
}

/// By what a request for a code is counted and how often it may be made, in the order in which counts are locked.
pub(crate) fn counted(number: &PhoneNumber, user: UserId, address: Option<IpAddr>) -> Vec<(String, u32)> {
    let network = address.map(|address| (subject("network", &Network::around(address).to_string()), PER_NETWORK));
    let number = (subject("number", number.as_str()), PER_NUMBER);
    let user = (subject("user", &user.to_string()), PER_USER);
    network.into_iter().chain([number, user]).collect()
}

/// By what is counted how much a user was told.
pub(crate) fn told(user: UserId) -> String {
    subject("told", &user.to_string())
}

/// Nothing that is counted can be read from what is kept of it.
fn subject(kind: &str, whose: &str) -> String {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(whose).finalize();
    format!("{kind}:{}", hex::encode(digest))
}

/// Lets a request pass that is the `count`th since a time.
///
/// # Errors
/// RATE_LIMITED.
pub(crate) fn admit(count: u32, most: u32, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    let wait = (since + WINDOW - now).to_std().unwrap_or_default();
    Err(Error::new(Reason::RateLimited, "codes were asked for too often").retry_after(wait))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn numbers_are_written_as_e_164_has_them() {
        for good in ["+431234567", "+14155552671", "+299123456", "+123456789012345"] {
            assert_eq!(PhoneNumber::parse(good).expect(good).as_str(), good);
        }
        for bad in ["", "+", "431234567", "00431234567", "+0431234567", "+43 1234567", "+43123", "+1234567890123456"] {
            assert!(PhoneNumber::parse(bad).is_err(), "{bad}");
        }
        assert!(PhoneNumber::parse("+٤٣١٢٣٤٥٦٧").is_err(), "digits of ASCII alone");
    }

    #[test]
    fn a_code_has_six_digits_and_is_not_told_by_debugging() {
        for seed in 0..200 {
            let code = PhoneCode::generate(&Random::seeded(seed));
            assert!(code.reveal().len() == 6 && code.reveal().bytes().all(|digit| digit.is_ascii_digit()));
            assert_eq!(PhoneCode::typed(&format!(" {}-{} ", &code.reveal()[..3], &code.reveal()[3..])), code);
            assert_eq!(format!("{code:?}"), "PhoneCode(..)");
        }
    }

    #[test]
    fn requests_are_counted_by_number_user_and_network_and_none_can_be_read() {
        let user = |number| UserId::from(Uuid::from_u128(number));
        let number = |text| PhoneNumber::parse(text).expect("a number");
        let of = |text, who, last| counted(&number(text), user(who), Some([192, 0, 2, last].into()));
        let first = of("+431234567", 1, 7);
        assert_eq!(first, of("+431234567", 1, 9), "one network");
        let same = |other: &[(String, u32)]| first.iter().zip(other).filter(|(one, other)| one == other).count();
        assert_eq!([same(&of("+431234568", 1, 7)), same(&of("+431234567", 2, 7))], [2, 2]);
        assert!(first.is_sorted() && first.iter().all(|(subject, _)| !subject.contains("1234567")), "{first:?}");
    }
}
