//! Events of this service, made from sessions.

use chrono::{DateTime, Utc};
use labelmesh_ids::UserId;
use labelmesh_proto::{
    auth::v1::{LoggedIn, PrincipalChanged, SecondFactorChange, SecondFactorChanged},
    timestamp,
};

use crate::domain::{Session, Through};

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

/// A session of this user has ended, or a key is good no longer; without either, all of their tokens are good for less
/// now.
pub(crate) fn principal_changed(user: UserId, through: Option<Through>, now: DateTime<Utc>) -> PrincipalChanged {
    PrincipalChanged {
        user_id: user.to_string(),
        session_id: through.map(|through| through.to_string()).unwrap_or_default(),
        version: now.timestamp_micros().unsigned_abs(),
        occurred_at: Some(timestamp(now)),
        widened: false,
    }
}

/// All tokens of this user are good for more now.
pub(crate) fn principal_widened(user: UserId, now: DateTime<Utc>) -> PrincipalChanged {
    PrincipalChanged { widened: true, ..principal_changed(user, None, now) }
}

/// A user's second factor was confirmed, removed or taken.
pub(crate) fn second_factor_changed(
    user: UserId,
    change: SecondFactorChange,
    now: DateTime<Utc>,
) -> SecondFactorChanged {
    SecondFactorChanged {
        user_id: user.to_string(),
        version: now.timestamp_micros().unsigned_abs(),
        change: change.into(),
        occurred_at: Some(timestamp(now)),
    }
}
