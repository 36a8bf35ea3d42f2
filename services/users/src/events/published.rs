//! Events of this service, made from users.

use chrono::{DateTime, Utc};
use labelmesh_proto::{
    timestamp,
    users::v1::{UserCreated, UserUpdated},
};

use crate::domain::User;

/// A user was created.
pub(crate) fn created(user: &User) -> UserCreated {
    UserCreated {
        user_id: user.id.to_string(),
        version: user.version,
        roles: user.profile.roles.to_wire(),
        occurred_at: Some(timestamp(user.created_at)),
    }
}

/// A user was changed.
pub(crate) fn updated(user: &User, now: DateTime<Utc>) -> UserUpdated {
    UserUpdated {
        user_id: user.id.to_string(),
        version: user.version,
        roles: user.profile.roles.to_wire(),
        blocked: user.blocked_at.is_some(),
        occurred_at: Some(timestamp(now)),
    }
}
