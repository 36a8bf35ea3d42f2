//! Events of this service, made from users.

use labelmesh_proto::{timestamp, users::v1::UserCreated};

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
