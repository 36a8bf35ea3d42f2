//! Events of this service, made from sessions.

use chrono::{DateTime, Utc};
use labelmesh_ids::{SessionId, UserId};
use labelmesh_proto::{
    auth::v1::{LoggedIn, PrincipalChanged},
    timestamp,
};

use crate::domain::Session;

/// A session has begun.
pub(crate) fn logged_in(session: &Session) -> LoggedIn {
    LoggedIn {
        session_id: session.id.to_string(),
        version: 1,
        user_id: session.user_id.to_string(),
        address: session.origin.address.clone().unwrap_or_default(),
        user_agent: session.origin.user_agent.clone().unwrap_or_default(),
        occurred_at: Some(timestamp(session.started_at)),
    }
}

/// A session of this user has ended; without a session, all of their tokens stand for something else now.
pub(crate) fn principal_changed(user: UserId, session: Option<SessionId>, now: DateTime<Utc>) -> PrincipalChanged {
    PrincipalChanged {
        user_id: user.to_string(),
        session_id: session.map(|session| session.to_string()).unwrap_or_default(),
        version: now.timestamp_micros().unsigned_abs(),
        occurred_at: Some(timestamp(now)),
    }
}
