//! Passwords in memory: chosen ones, which obey the rules, and attempted ones, which need not.

use labelmesh_errors::{Error, Result};
use secrecy::{ExposeSecret as _, SecretString};

/// The fewest bytes of a password.
const MIN_BYTES: usize = 8;
/// The most bytes of a password: bcrypt reads no further.
pub(crate) const MAX_BYTES: usize = 72;

/// A password that somebody chose: 8 to 72 bytes without NUL.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Accepts a password that obeys the rules.
    ///
    /// # Errors
    ///
    /// FIELD_INVALID for the field `password`, with the rule that is broken.
    pub fn choose(password: String) -> Result<Self> {
        let password = SecretString::from(password);
        let bytes = password.expose_secret().as_bytes();
        if !(MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) {
            return Err(Error::invalid("password", "must be 8 to 72 bytes"));
        }
        if bytes.contains(&0) {
            return Err(Error::invalid("password", "must not contain a NUL character"));
        }
        Ok(Self(password))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

/// A password that somebody says is theirs. What could never have been chosen is simply wrong.
#[derive(Debug, Clone)]
pub struct Attempt(SecretString);

impl Attempt {
    /// Takes whatever was sent.
    #[must_use]
    pub fn new(password: String) -> Self {
        Self(SecretString::from(password))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    /// Whether `choose` would have accepted it; only then may a match count.
    pub(crate) fn could_be_chosen(&self) -> bool {
        let bytes = self.expose();
        (MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) && !bytes.contains(&0)
    }
}

impl From<Password> for Attempt {
    fn from(password: Password) -> Self {
        Self(password.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_counted_in_bytes() {
        assert!(Password::choose("1234567".into()).is_err());
        assert!(Password::choose("12345678".into()).is_ok());
        assert!(Password::choose("é".repeat(36)).is_ok());
        assert!(Password::choose("é".repeat(37)).is_err());
        assert!(Password::choose("1234\x00678".into()).is_err());
    }

    #[test]
    fn a_password_is_not_printed() {
        let password = Password::choose("correct horse".into()).expect("it obeys the rules");
        assert!(!format!("{password:?}").contains("horse"));
    }
}
