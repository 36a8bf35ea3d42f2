//! Whom a token stands for.

use secrecy::{ExposeSecret as _, SecretString};

/// A client who has signed in.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) user_id: String,
    pub(super) session_id: String,
    pub(super) internal_token: SecretString,
    /// How many changes had been heard of when auth was asked.
    pub(super) asked_at: u64,
}

impl Session {
    /// Who that is.
    pub(crate) fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The token with which the services are called.
    pub(crate) fn internal_token(&self) -> &str {
        self.internal_token.expose_secret()
    }
}
