//! The opaque tokens of sessions, and the secrets of API keys.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// What every token begins with, so that scanners recognise one that was committed or pasted by mistake.
const SESSION: &str = "lm_";
/// What every API key begins with, for the same reason.
const API_KEY: &str = "lmk_";
/// What every token begins with that resets a password, for the same reason.
const RESET: &str = "lmr_";
const BYTES: usize = 32;

/// A session's token or an API key: a prefix and 32 random bytes in base64url. Never printed; stored only as its
/// digest.
#[derive(Debug)]
pub(crate) struct Token(SecretString);

/// The SHA-256 of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TokenDigest(pub(crate) [u8; 32]);

/// What a text may be the token of, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearer {
    Session(TokenDigest),
    ApiKey(TokenDigest),
}

impl Token {
    /// The token of a session, of these random bytes.
    pub(crate) fn of_session(random: [u8; BYTES]) -> Self {
        Self(format!("{SESSION}{}", URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// An API key of these random bytes.
    pub(crate) fn of_api_key(random: [u8; BYTES]) -> Self {
        Self(format!("{API_KEY}{}", URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// What resets a password, of these random bytes.
    pub(crate) fn of_reset(random: [u8; BYTES]) -> Self {
        Self(format!("{RESET}{}", URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// One as somebody has sent it.
    pub(crate) fn typed(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// For the one answer that shows it, or the one mail.
    pub(crate) fn reveal(&self) -> String {
        self.0.expose_secret().to_owned()
    }

    pub(crate) fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0.expose_secret()).into())
    }
}

impl Bearer {
    /// What a text may be the token of; none where it has not the form of one and need not be looked up.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let digest = |random: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(random).ok()?;
            (bytes.len() == BYTES).then(|| TokenDigest(Sha256::digest(text).into()))
        };
        if let Some(random) = text.strip_prefix(API_KEY) {
            return digest(random).map(Self::ApiKey);
        }
        text.strip_prefix(SESSION).and_then(digest).map(Self::Session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_digest_and_known_by_its_beginning() {
        let (session, key) = (Token::of_session([7; 32]), Token::of_api_key([7; 32]));
        assert!(session.reveal().starts_with("lm_") && key.reveal().starts_with("lmk_"));
        assert_eq!(Bearer::of(&session.reveal()), Some(Bearer::Session(session.digest())));
        assert_eq!(Bearer::of(&key.reveal()), Some(Bearer::ApiKey(key.digest())));
        assert_ne!(session.digest(), key.digest());
        assert_ne!(session.digest(), Token::of_session([8; 32]).digest());
    }

    #[test]
    fn what_has_not_the_form_of_a_token_has_no_digest() {
        for text in ["", "lm_", "lm_abc", "lmk_abc", "abc", &"x".repeat(46), &format!("lm_{}", "A".repeat(44))] {
            assert_eq!(Bearer::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let token = Token::of_session([7; 32]);
        assert!(!format!("{token:?}").contains(&token.reveal()));
    }
}
