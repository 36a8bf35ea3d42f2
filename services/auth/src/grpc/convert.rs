//! Between messages and domain values.

use chrono::TimeDelta;
use labelmesh_errors::Error;
use labelmesh_identity::Role;
use labelmesh_ids::SessionId;
use labelmesh_proto::{
    auth::v1::{self, CreateApiKeyRequest, IntrospectResponse, LoginResponse, SecondFactor, ServiceToken},
    time, timestamp,
};

use crate::{
    app::{Introspected, LoggedIn, Standing, Tokens},
    domain::{ApiKey, Session, Wanted},
};

/// A session as it is listed, where sessions end that were idle for so long; `through` is the one of the call.
pub(super) fn session(session: &Session, idle: TimeDelta, through: Option<SessionId>) -> v1::Session {
    v1::Session {
        session_id: session.id.to_string(),
        started_at: Some(timestamp(session.started_at)),
        last_used_at: Some(timestamp(session.used_at)),
        expires_at: Some(timestamp(session.ends_at(idle))),
        address: session.origin.address.clone().unwrap_or_default(),
        user_agent: session.origin.user_agent.clone().unwrap_or_default(),
        current: through == Some(session.id),
    }
}

impl From<ApiKey> for v1::ApiKey {
    fn from(key: ApiKey) -> Self {
        Self {
            api_key_id: key.id.to_string(),
            name: key.name,
            roles: key.roles.iter().map(|role| i32::from(*role)).collect(),
            created_at: Some(timestamp(key.created_at)),
            expires_at: Some(timestamp(key.expires_at)),
            last_used_at: key.used_at.map(timestamp),
        }
    }
}

impl TryFrom<CreateApiKeyRequest> for Wanted {
    type Error = Error;

    fn try_from(request: CreateApiKeyRequest) -> Result<Self, Error> {
        let CreateApiKeyRequest { name, expires_at, roles } = request;
        let roles = roles.into_iter().map(Role::try_from);
        Ok(Self {
            name,
            roles: roles.collect::<Result<_, _>>().map_err(|_| Error::invalid("roles", "must be roles"))?,
            expires_at: time(expires_at).ok_or_else(|| Error::invalid("expires_at", "must be given"))?,
        })
    }
}

impl From<Standing> for SecondFactor {
    fn from(standing: Standing) -> Self {
        Self { on_since: standing.since.map(timestamp), recovery_codes_left: standing.recovery_left }
    }
}

impl From<LoggedIn> for LoginResponse {
    fn from(begun: LoggedIn) -> Self {
        Self {
            token: begun.token.reveal(),
            session_id: begun.session.id.to_string(),
            user_id: begun.session.user_id.to_string(),
            roles: begun.session.roles.iter().map(|role| i32::from(*role)).collect(),
            expires_at: Some(timestamp(begun.session.expires_at)),
        }
    }
}

impl From<Introspected> for IntrospectResponse {
    fn from(found: Introspected) -> Self {
        let (internal_token, service_tokens) = match found.tokens {
            Tokens::Common(token) => (token, Vec::new()),
            Tokens::ByService(tokens) => (String::new(), tokens),
        };
        let service_tokens = service_tokens
            .into_iter()
            .map(|(service, token)| ServiceToken { service: service.to_owned(), internal_token: token });
        Self {
            active: true,
            internal_token,
            service_tokens: service_tokens.collect(),
            expires_at: Some(timestamp(found.expires_at)),
            user_id: found.user.user_id.to_string(),
            session_id: found.through.to_string(),
            roles: found.user.roles.iter().map(|role| i32::from(*role)).collect(),
            unconfirmed: !found.user.confirmed,
        }
    }
}
