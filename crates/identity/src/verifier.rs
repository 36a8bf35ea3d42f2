//! The verifier, which checks tokens.

use std::{collections::HashMap, sync::Arc};

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use labelmesh_clock::Clock;
use labelmesh_errors::{Error, Reason, Result};

use crate::{
    KeyList, Principal, PublicKey, TOKEN_LIFETIME, USER_AUDIENCE, USER_ISSUER, User, UserKeys,
    claims::{Claims, expiry, role_of},
};

/// How far the clocks of two machines may disagree, in seconds.
const LEEWAY: i64 = 5;

/// Verifies tokens of both kinds, for one service.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// The service that verifies: the audience of tokens.
    name: String,
    /// Key id -> the service that has it, and the key.
    services: Arc<HashMap<String, (String, PublicKey)>>,
    users: UserKeys,
    clock: Clock,
}

impl Verifier {
    /// A verifier for the service `name`; `services` are the public keys of those that may call it.
    pub fn new(
        name: impl Into<String>,
        services: impl IntoIterator<Item = (String, KeyList<PublicKey>)>,
        users: UserKeys,
        clock: Clock,
    ) -> Self {
        let mut by_id = HashMap::new();
        for (service, keys) in services {
            by_id.extend(keys.iter().map(|key| (key.id(), (service.clone(), *key))));
        }
        Self { name: name.into(), services: Arc::new(by_id), users, clock }
    }

    /// Who a token stands for.
    ///
    /// # Errors
    ///
    /// `NOT_SIGNED_IN` where it is damaged, expired, signed by an unknown key or made for another audience;
    /// `UNAVAILABLE` where the keys that could tell can't be had.
    pub async fn verify(&self, token: &str) -> Result<Principal> {
        let header = decode_header(token).map_err(|_| invalid())?;
        let id = header.kid.ok_or_else(invalid)?;
        if let Some((service, key)) = self.services.get(&id) {
            let claims = self.claims(token, key, service, &[&self.name])?;
            return if claims.sub == *service { Ok(Principal::Service(claims.sub)) } else { Err(invalid()) };
        }
        let key = self.users.get(&id).await?.ok_or_else(invalid)?;
        let claims = self.claims(token, &key, USER_ISSUER, &[&self.name, USER_AUDIENCE])?;
        // One that names no service is of the release before, and good at all.
        match &claims.svc {
            Some(service) if *service != self.name => Err(invalid()),
            _ => user(claims),
        }
    }

    fn claims(&self, token: &str, key: &PublicKey, issuer: &str, audiences: &[&str]) -> Result<Claims> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The library would read the global clock.
        validation.validate_exp = false;
        let claims: Claims = decode(token, &key.decoding(), &validation).map_err(|_| invalid())?.claims;
        let now = self.clock.now();
        // The second rule is for whoever makes tokens that live longer than ours do.
        if claims.exp + LEEWAY <= now.timestamp() || claims.exp > expiry(now, TOKEN_LIFETIME) + LEEWAY {
            return Err(invalid());
        }
        Ok(claims)
    }
}

fn user(claims: Claims) -> Result<Principal> {
    Ok(Principal::User(User {
        user_id: claims.sub.parse().map_err(|_| invalid())?,
        session_id: claims.sid.map(|id| id.parse()).transpose().map_err(|_| invalid())?,
        roles: claims.roles.iter().filter_map(|name| role_of(name)).collect(),
        confirmed: !claims.unconfirmed,
    }))
}

fn invalid() -> Error {
    Error::new(Reason::NotSignedIn, "the token is not valid, or not any more")
}

#[cfg(test)]
mod tests;
