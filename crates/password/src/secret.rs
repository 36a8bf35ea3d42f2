//! Passwords in memory: chosen ones, which obey the rules, and attempted ones, which need not.

use labelmesh_errors::{Error, Result};
use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;

use crate::common::is_common;

/// The fewest bytes of a password.
const MIN_BYTES: usize = 8;
/// The most bytes of a password: bcrypt reads no further.
pub(crate) const MAX_BYTES: usize = 72;

/// A password that somebody chose: 8 to 72 bytes without control characters, and none of the common ones.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl Password {
    /// Accepts a password that obeys the rules.
    ///
    /// # Errors
    ///
    /// FIELD_INVALID for the field `password`, with the rule that is broken.
    pub fn choose(password: String) -> Result<Self> {
        Self::choose_as("password", password)
    }

    /// The same for a field of another name.
    ///
    /// # Errors
    ///
    /// FIELD_INVALID for the field, with the rule that is broken.
    pub fn choose_as(field: &str, password: String) -> Result<Self> {
        let prepared = prepared(SecretString::from(password).expose_secret());
        let text = prepared.expose_secret();
        if !(MIN_BYTES..=MAX_BYTES).contains(&text.len()) {
            return Err(Error::invalid(field, "must be 8 to 72 bytes"));
        }
        if text.contains(char::is_control) {
            return Err(Error::invalid(field, "must not contain control characters"));
        }
        if is_common(text) {
            return Err(Error::invalid(field, "must not be one of those that are guessed first"));
        }
        Ok(Self(prepared))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

/// A password that somebody says is theirs. What could never have been chosen is simply wrong.
#[derive(Debug, Clone)]
pub struct Attempt {
    prepared: SecretString,
    /// As it was sent, where that is something else: passwords were hashed so before they were prepared.
    sent: Option<SecretString>,
}

impl Attempt {
    /// Takes whatever was sent.
    #[must_use]
    pub fn new(password: String) -> Self {
        let sent = SecretString::from(password);
        let prepared = prepared(sent.expose_secret());
        let differs = prepared.expose_secret() != sent.expose_secret();
        Self { prepared, sent: differs.then_some(sent) }
    }

    /// The spellings under which it may have been hashed. What could not have been chosen under any rule is not among
    /// those that may match, though it costs as much.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = (&[u8], bool)> {
        [Some(&self.prepared), self.sent.as_ref()].into_iter().flatten().map(|spelling| {
            let bytes = spelling.expose_secret().as_bytes();
            (bytes, (MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) && !bytes.contains(&0))
        })
    }
}

impl From<Password> for Attempt {
    fn from(password: Password) -> Self {
        Self { prepared: password.0, sent: None }
    }
}

/// A password in its one spelling, as RFC 8265 (OpaqueString) has it: any space is the space, and characters that can
/// be composed are. Code points that are not assigned are let through: which ones are depends on the year. The byte
/// order mark of a file is no part of the password that the file has.
fn prepared(text: &str) -> SecretString {
    let space = |character: char| if is_space(character) { ' ' } else { character };
    text.trim_start_matches('\u{feff}').chars().map(space).nfc().collect::<String>().into()
}

/// The general category Zs but for the space itself, which Unicode has not changed since 6.3.
fn is_space(character: char) -> bool {
    matches!(character, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(password: &str) -> bool {
        Password::choose(password.to_owned()).is_err()
    }

    #[test]
    fn the_limits_are_counted_in_bytes() {
        assert!(broken("vq7!kzP"));
        assert!(!broken("vq7!kzPw"));
        let long = "vq7!kzPw-".repeat(8);
        assert!(!broken(&long));
        assert!(broken(&format!("{long}é")));
        assert!(broken("vq7!\x00kzPw") && broken("vq7!\nkzPw"));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        assert!(broken("Password1") && broken("labelmesh2026"));
        assert!(!broken("correct horse"));
    }

    #[test]
    fn a_password_has_one_spelling() {
        let same = [
            ("Schlu\u{308}ssel-bund", "Schl\u{fc}ssel-bund"),
            ("to the\u{a0}moon\u{3000}twice", "to the moon twice"),
            ("\u{feff}correct horse", "correct horse"),
        ];
        for (one, other) in same {
            let chosen = |text: &str| Password::choose(text.to_owned()).expect("a password").expose().to_owned();
            assert_eq!(chosen(one), chosen(other));
            assert_eq!(Attempt::new(one.to_owned()).spellings().count(), 2);
            assert_eq!(Attempt::new(other.to_owned()).spellings().count(), 1);
        }
        // Letter case, width and ligatures stay as they are (RFC 8265, 4.2.2).
        assert_eq!(prepared("Ａﬁ").expose_secret(), "Ａﬁ");
    }

    #[test]
    fn what_was_hashed_with_the_mark_of_a_file_is_still_found_so() {
        let attempt = Attempt::new("\u{feff}correct horse".to_owned());
        let spellings: Vec<_> = attempt.spellings().collect();
        assert_eq!(spellings, [(&b"correct horse"[..], true), ("\u{feff}correct horse".as_bytes(), true)]);
        assert!(broken("\u{feff}vq7!k"), "the mark makes no password longer");
    }

    #[test]
    fn a_password_is_not_printed() {
        let password = Password::choose("correct horse".into()).expect("it obeys the rules");
        assert!(!format!("{password:?}").contains("horse"));
    }
}
