//! The opaque token of a session.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// What every token begins with, so that scanners recognise one that was committed or pasted by mistake.
const PREFIX: &str = "lm_";
const BYTES: usize = 32;

/// A session's token: the prefix and 32 random bytes in base64url. Never printed; stored only as its digest.
#[derive(Debug)]
pub(crate) struct SessionToken(SecretString);

/// The SHA-256 of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenDigest(pub(crate) [u8; 32]);

impl SessionToken {
    /// The token of these random bytes.
    pub(crate) fn new(random: [u8; BYTES]) -> Self {
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// For the one answer that shows it.
    pub(crate) fn reveal(&self) -> String {
        self.0.expose_secret().to_owned()
    }

    pub(crate) fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0.expose_secret()).into())
    }
}

impl TokenDigest {
    /// The digest of a text that has a token's form; none where it has not and need not be looked up.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (bytes.len() == BYTES).then(|| Self(Sha256::digest(text).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_digest() {
        let token = SessionToken::new([7; 32]);
        assert!(token.reveal().starts_with("lm_"));
        assert_eq!(TokenDigest::of(&token.reveal()), Some(token.digest()));
        assert_ne!(token.digest(), SessionToken::new([8; 32]).digest());
    }

    #[test]
    fn what_has_not_the_form_of_a_token_has_no_digest() {
        for text in ["", "lm_", "lm_abc", "abc", &"x".repeat(46), &format!("lm_{}", "A".repeat(44))] {
            assert_eq!(TokenDigest::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let token = SessionToken::new([7; 32]);
        assert!(!format!("{token:?}").contains(&token.reveal()));
    }
}
