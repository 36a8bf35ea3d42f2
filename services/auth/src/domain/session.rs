//! A session, and what else one calls through.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_acts::Facts;
use labelmesh_identity::{Role, User};
use labelmesh_ids::{ApiKeyId, SessionId, UserId};

/// How exactly it is known when a session was last used: not each use is written.
const USE_PRECISION: TimeDelta = TimeDelta::minutes(5);

/// A session: from signing in until it ends.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    /// The roles of the user.
    pub(crate) roles: Vec<Role>,
    /// Whether the address of the user counts.
    pub(crate) confirmed: bool,
    pub(crate) started_at: DateTime<Utc>,
    /// When it ends by itself, however much it is used.
    pub(crate) expires_at: DateTime<Utc>,
    /// When it was last used, to some minutes.
    pub(crate) used_at: DateTime<Utc>,
    /// With what, and from where the user signed in.
    pub(crate) origin: Origin,
}

/// What somebody calls through, as gateways know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Through {
    Session(SessionId),
    ApiKey(ApiKeyId),
}

impl fmt::Display for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(id) => id.fmt(f),
            Self::ApiKey(id) => id.fmt(f),
        }
    }
}

/// With what and from where somebody signs in, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    pub(crate) address: Option<String>,
    /// The program's or device's own words.
    pub(crate) user_agent: Option<String>,
}

impl Facts for Session {
    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![("user", self.user_id.to_string()), ("roles", names_of(&self.roles))]
    }
}

/// Roles, for whoever reads.
pub(crate) fn names_of(roles: &[Role]) -> String {
    let name = |role: &Role| role.as_str_name().trim_start_matches("ROLE_").to_ascii_lowercase();
    roles.iter().map(name).collect::<Vec<_>>().join(", ")
}

impl Session {
    /// The user as the other services are to see them.
    pub(crate) fn user(&self) -> User {
        User { user_id: self.user_id, session_id: Some(self.id), roles: self.roles.clone(), confirmed: self.confirmed }
    }

    /// When it ends, if it is not used again.
    pub(crate) fn ends_at(&self, idle: TimeDelta) -> DateTime<Utc> {
        self.expires_at.min(self.used_at + idle)
    }

    /// Whether it has to be written that it is used now.
    pub(crate) fn is_used_anew(&self, now: DateTime<Utc>) -> bool {
        now - self.used_at >= USE_PRECISION
    }
}
