//! A session.

use chrono::{DateTime, Utc};
use labelmesh_identity::{Role, User};
use labelmesh_ids::{SessionId, UserId};

/// A session: from signing in until it ends.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    /// The roles of the user.
    pub(crate) roles: Vec<Role>,
    pub(crate) started_at: DateTime<Utc>,
    /// When it ends by itself.
    pub(crate) expires_at: DateTime<Utc>,
}

impl Session {
    /// The user as the other services are to see them.
    pub(crate) fn user(&self) -> User {
        User { user_id: self.user_id, session_id: Some(self.id), roles: self.roles.clone() }
    }
}
