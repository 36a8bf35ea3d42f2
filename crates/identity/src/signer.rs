//! Signers, which make tokens.

use chrono::{DateTime, Utc};
use labelmesh_clock::Clock;

use crate::{
    KeyPair, TOKEN_LIFETIME, USER_AUDIENCE, USER_ISSUER, User,
    claims::{Claims, expiry, role_name},
};

/// Signs user tokens with auth's current key.
#[derive(Debug, Clone)]
pub struct UserSigner {
    key: KeyPair,
    clock: Clock,
}

impl UserSigner {
    /// A signer with this key.
    #[must_use]
    pub fn new(key: KeyPair, clock: Clock) -> Self {
        Self { key, clock }
    }

    /// A token for a user that is good at every service, and when it expires: for gateways of the release before, which
    /// ask for no other.
    #[must_use]
    pub fn sign(&self, user: &User) -> (String, DateTime<Utc>) {
        let (claims, expires_at) = self.claims(user);
        (claims.sign(&self.key), expires_at)
    }

    /// Tokens for a user, each good at one of these services alone, in their order; and when they expire.
    #[must_use]
    pub fn sign_for(&self, user: &User, services: &[&str]) -> (Vec<String>, DateTime<Utc>) {
        let (mut claims, expires_at) = self.claims(user);
        let tokens = services.iter().map(|service| {
            claims.svc = Some((*service).to_owned());
            claims.sign(&self.key)
        });
        (tokens.collect(), expires_at)
    }

    fn claims(&self, user: &User) -> (Claims, DateTime<Utc>) {
        let now = self.clock.now();
        let exp = expiry(now, TOKEN_LIFETIME);
        let claims = Claims {
            iss: USER_ISSUER.into(),
            sub: user.user_id.to_string(),
            aud: USER_AUDIENCE.into(),
            exp,
            iat: now.timestamp(),
            svc: None,
            sid: user.session_id.map(|id| id.to_string()),
            roles: user.roles.iter().copied().map(role_name).collect(),
            unconfirmed: !user.confirmed,
        };
        (claims, DateTime::from_timestamp(exp, 0).expect("a minute from now is a time"))
    }
}

/// Signs service tokens with a service's own key.
#[derive(Debug, Clone)]
pub struct ServiceSigner {
    name: String,
    key: KeyPair,
    clock: Clock,
}

impl ServiceSigner {
    /// A signer for the service of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, key: KeyPair, clock: Clock) -> Self {
        Self { name: name.into(), key, clock }
    }

    /// The name of the service that signs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A token for calling the service `callee`, valid there alone.
    #[must_use]
    pub fn sign(&self, callee: &str) -> String {
        let now = self.clock.now();
        let claims = Claims {
            iss: self.name.clone(),
            sub: self.name.clone(),
            aud: callee.to_owned(),
            exp: expiry(now, TOKEN_LIFETIME),
            iat: now.timestamp(),
            svc: None,
            sid: None,
            roles: Vec::new(),
            unconfirmed: false,
        };
        claims.sign(&self.key)
    }
}
