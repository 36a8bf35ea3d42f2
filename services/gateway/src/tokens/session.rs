//! Whom a token stands for.

use std::collections::HashMap;

use labelmesh_errors::{Error, Result};
use labelmesh_proto::auth::v1::IntrospectResponse;
use secrecy::{ExposeSecret as _, SecretString};

/// A client who has signed in.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) user_id: String,
    pub(super) session_id: String,
    pub(super) tokens: InternalTokens,
    pub(super) standing: Standing,
    /// How many changes had been heard of when auth was asked.
    pub(super) asked_at: u64,
}

/// What somebody's tokens are good for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// None where auth is of the release before, which does not say.
    roles: Vec<i32>,
    unconfirmed: bool,
}

impl Standing {
    /// That in an answer of auth.
    pub(super) fn of(response: &IntrospectResponse) -> Self {
        Self { roles: response.roles.clone(), unconfirmed: response.unconfirmed }
    }

    /// Whether there is something for which they were good before, and are no longer.
    pub(super) fn is_less_than(&self, before: &Self) -> bool {
        let lost = before.roles.iter().any(|role| !self.roles.contains(role));
        (lost && !self.roles.is_empty()) || (self.unconfirmed && !before.unconfirmed)
    }
}

impl Session {
    /// Who that is.
    pub(crate) fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The token with which a service is called. No other takes it.
    ///
    /// # Errors
    /// INTERNAL where auth has given none for this service: it is of an older release than the contract here.
    pub(crate) fn token_for(&self, service: &str) -> Result<&str> {
        let token = match &self.tokens {
            InternalTokens::ByService(tokens) => tokens.get(service),
            InternalTokens::Common(token) => Some(token),
        };
        let token = token.ok_or_else(|| Error::internal(format!("auth has given no token for {service}")))?;
        Ok(token.expose_secret())
    }
}

/// What a client's token was exchanged for.
#[derive(Debug)]
pub(super) enum InternalTokens {
    /// A token for each service.
    ByService(HashMap<String, SecretString>),
    /// One for all: auth is of the release before.
    Common(SecretString),
}

impl InternalTokens {
    /// Those of an answer of auth.
    pub(super) fn of(response: &IntrospectResponse) -> Self {
        if !response.internal_token.is_empty() {
            return Self::Common(response.internal_token.clone().into());
        }
        let tokens = response.service_tokens.iter();
        Self::ByService(tokens.map(|token| (token.service.clone(), token.internal_token.clone().into())).collect())
    }
}
