//! What is mailed to prove that a mail has arrived.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// What it begins with, so that scanners recognise one that was committed or pasted by mistake.
const PREFIX: &str = "lmc_";

/// 256 bits by chance, so that a plain digest of it is enough to know it again. Never printed.
#[derive(Debug, Clone)]
pub(crate) struct Token(SecretString);

impl Token {
    /// A new one.
    pub(crate) fn new(random: [u8; 32]) -> Self {
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// One as somebody has sent it.
    pub(crate) fn typed(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// For the mail, and for what is sealed until it is sent.
    pub(crate) fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is kept of it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_again_by_its_digest_and_not_printed() {
        let token = Token::new([7; 32]);
        assert!(token.reveal().starts_with("lmc_") && !format!("{token:?}").contains(token.reveal()));
        assert_eq!(Token::typed(&format!(" {}\n", token.reveal())).digest(), token.digest());
        assert_ne!(Token::new([8; 32]).digest(), token.digest());
    }
}
