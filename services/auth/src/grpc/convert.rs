//! Between messages and domain values.

use chrono::TimeDelta;
use labelmesh_ids::SessionId;
use labelmesh_proto::{
    auth::v1::{self, IntrospectResponse, LoginResponse},
    timestamp,
};

use crate::{
    app::{Introspected, LoggedIn},
    domain::Session,
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
        Self {
            active: true,
            internal_token: found.token,
            expires_at: Some(timestamp(found.expires_at)),
            user_id: found.session.user_id.to_string(),
            session_id: found.session.id.to_string(),
        }
    }
}
