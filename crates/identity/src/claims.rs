//! The claims: what is written in a token.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, encode};
use serde::{Deserialize, Serialize};

use crate::{KeyPair, Role};

/// The claims of both kinds of token (RFC 7519).
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    /// Of a user token: the service that it is for. The release before does not know it and takes the common audience
    /// alone; so it stands beside that, and becomes the audience when no such release is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) svc: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<String>,
    /// The user's address is still to be confirmed. An auth that does not know of that confirms nobody's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unconfirmed: bool,
}

impl Claims {
    pub(crate) fn sign(&self, key: &KeyPair) -> String {
        let header = Header { kid: Some(key.public().id()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, self, &key.encoding()).expect("plain claims and a valid key")
    }
}

/// The end of a token's life in whole seconds, as claims have it.
pub(crate) fn expiry(now: DateTime<Utc>, lifetime: Duration) -> i64 {
    now.timestamp() + i64::try_from(lifetime.as_secs()).expect("a lifetime of minutes")
}

/// The name of a role in a token, such as `client`.
pub(crate) fn role_name(role: Role) -> String {
    role.as_str_name().trim_start_matches("ROLE_").to_ascii_lowercase()
}

/// The role of this name; none for one that a newer auth knows and we do not.
pub(crate) fn role_of(name: &str) -> Option<Role> {
    Role::from_str_name(&format!("ROLE_{}", name.to_ascii_uppercase()))
}
