//! The second factor: time-based codes (RFC 6238), and recovery codes for who has lost what makes them.

use std::fmt;

use chrono::{DateTime, Utc};
use labelmesh_clock::Random;
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use sha2::{Digest as _, Sha256};
use totp_rs::{Builder, Totp};

/// What authenticators show beside the account's name.
const ISSUER: &str = "Labelmesh";
/// How many steps of 30 seconds a clock may be wrong by, either way.
const SKEW: u16 = 1;
/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// The secret that an authenticator makes codes of: 160 bits, as RFC 4226 recommends.
#[derive(Clone)]
pub(crate) struct FactorSecret([u8; 20]);

impl FactorSecret {
    pub(crate) fn generate(random: &Random) -> Self {
        Self(random.bytes())
    }

    /// The secret that was stored.
    ///
    /// # Errors
    /// INTERNAL where it has another length.
    pub(crate) fn stored(bytes: Vec<u8>) -> Result<Self> {
        bytes.try_into().map(Self).map_err(|_| Error::internal("a second factor is not 20 bytes long"))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as it is typed into an authenticator. A secret.
    pub(crate) fn reveal(&self) -> String {
        self.codes("").secret().to_base32()
    }

    /// The secret with the account's name, as an authenticator reads it from a picture. A secret.
    ///
    /// # Errors
    /// FIELD_INVALID where the name is empty or has a colon.
    pub(crate) fn uri(&self, name: &str) -> Result<String> {
        self.codes(name).to_url().map_err(|_| Error::invalid("name", "must not be empty nor have a colon"))
    }

    /// The step whose code this is, where it is that of now or of a neighbour.
    pub(crate) fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let step = self.codes("").check(code, u64::try_from(now.timestamp()).ok()?)?;
        step.try_into().ok()
    }

    fn codes(&self, name: &str) -> Totp {
        let builder = Builder::new().with_secret(self.0).with_skew(SKEW);
        // What it would check is constant here, but for the name, of which `uri` tells.
        builder.with_issuer(Some(ISSUER)).with_account_name(name).build_noncompliant()
    }
}

impl fmt::Debug for FactorSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FactorSecret(..)")
    }
}

/// A code that is good once, in the place of one that an authenticator makes.
#[derive(Clone)]
pub(crate) struct RecoveryCode([u8; 10]);

/// By what a user's recovery code is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecoveryDigest(pub(crate) [u8; 32]);

impl RecoveryCode {
    /// As many as a user gets.
    pub(crate) fn generate_all(random: &Random) -> Vec<Self> {
        (0..RECOVERY_CODES).map(|_| Self(random.bytes())).collect()
    }

    /// The code as it is shown and typed, such as `0a1b2-c3d4e-5f607-18293`. A secret.
    pub(crate) fn reveal(&self) -> String {
        let digits = hex::encode(self.0);
        [&digits[..5], &digits[5..10], &digits[10..15], &digits[15..]].join("-")
    }

    pub(crate) fn digest(&self, user: UserId) -> RecoveryDigest {
        let digest = Sha256::new().chain_update("recovery code").chain_update(user.uuid()).chain_update(self.0);
        RecoveryDigest(digest.finalize().into())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

/// What somebody has typed for the second factor: spaces, hyphens and case don't count.
#[derive(Debug, Clone)]
pub(crate) enum TypedCode {
    /// Six digits of an authenticator.
    OfNow(String),
    /// A code for who has lost it.
    Recovery(RecoveryCode),
    /// Neither.
    Nonsense,
}

impl TypedCode {
    /// What it is; none where nothing was typed.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
        if text.is_empty() {
            return None;
        }
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::OfNow(text));
        }
        let recovery = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        Some(recovery.map_or(Self::Nonsense, |bytes| Self::Recovery(RecoveryCode(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B: the last six of its eight digits.
        let secret = FactorSecret(*b"12345678901234567890");
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(secret.step_of(code, at(second)), Some(second / 30));
        }
        assert_eq!(secret.reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_clock_may_be_wrong_by_one_step() {
        let secret = FactorSecret(*b"12345678901234567890");
        // The code of the step from 30 to 60.
        for (second, taken) in [(-1, false), (0, true), (30, true), (89, true), (90, false)] {
            assert_eq!(secret.step_of("287082", at(second)), taken.then_some(1), "{second}");
        }
        assert_eq!(secret.step_of("287083", at(59)), None);
    }

    #[test]
    fn an_authenticator_reads_whose_it_is() {
        let secret = FactorSecret(*b"12345678901234567890");
        let uri = secret.uri("ada@example.com").expect("a name");
        assert!(uri.starts_with("otpauth://totp/Labelmesh:ada%40example.com?secret=GEZDG"), "{uri}");
        assert!(uri.ends_with("&issuer=Labelmesh"), "{uri}");
        assert!(secret.uri("a:b").is_err() && secret.uri("").is_err());
        assert!(!format!("{secret:?}").contains("49"));
    }

    #[test]
    fn what_is_typed_is_read_whatever_its_form() {
        let code = RecoveryCode([0xab; 10]);
        let user = UserId::from(Uuid::from_u128(1));
        for typed in [code.reveal(), code.reveal().to_uppercase(), code.reveal().replace('-', " ")] {
            let Some(TypedCode::Recovery(read)) = TypedCode::read(&typed) else { panic!("{typed}") };
            assert_eq!(read.digest(user), code.digest(user));
        }
        assert_ne!(code.digest(user), code.digest(UserId::from(Uuid::from_u128(2))));
        assert!(matches!(TypedCode::read("123 456"), Some(TypedCode::OfNow(code)) if code == "123456"));
        assert!(TypedCode::read(" - ").is_none());
        for nonsense in ["12345", "1234567", "abc", "ü"] {
            assert!(matches!(TypedCode::read(nonsense), Some(TypedCode::Nonsense)), "{nonsense}");
        }
    }
}
