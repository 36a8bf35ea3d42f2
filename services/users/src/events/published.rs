//! Events of this service, made from users.

use chrono::{DateTime, Utc};
use labelmesh_ids::{SessionId, UserId};
use labelmesh_proto::{
    timestamp,
    users::v1::{GroupInvited, GroupMemberChanged, UserCreated, UserDeleted, UserPasswordChanged, UserUpdated},
};

use crate::{
    domain::{Changed, User},
    store::invitations::Untold,
};

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
        unconfirmed: user.is_unconfirmed(),
        occurred_at: Some(timestamp(now)),
    }
}

/// A user was deleted, and had this version last.
pub(crate) fn deleted(user: UserId, version: u64, now: DateTime<Utc>) -> UserDeleted {
    UserDeleted { user_id: user.to_string(), version, occurred_at: Some(timestamp(now)) }
}

/// A user has another password.
pub(crate) fn password_changed(
    user: UserId,
    version: u64,
    kept: Option<SessionId>,
    now: DateTime<Utc>,
) -> UserPasswordChanged {
    UserPasswordChanged {
        user_id: user.to_string(),
        version,
        kept_session_id: kept.map(|session| session.to_string()).unwrap_or_default(),
        occurred_at: Some(timestamp(now)),
    }
}

/// Somebody has become a member of a group, or is none any more.
pub(crate) fn group_member_changed(changed: &Changed, now: DateTime<Utc>) -> GroupMemberChanged {
    GroupMemberChanged {
        group_id: changed.group.to_string(),
        user_id: changed.user.to_string(),
        version: changed.version,
        owner_id: changed.owner.to_string(),
        member: changed.member,
        occurred_at: Some(timestamp(now)),
    }
}

/// An address that somebody has was invited to a group.
pub(crate) fn group_invited(invitation: &Untold, now: DateTime<Utc>) -> GroupInvited {
    GroupInvited {
        invitation_id: invitation.id.to_string(),
        version: 1,
        group_id: invitation.group.to_string(),
        user_id: invitation.user.to_string(),
        group_name: invitation.group_name.clone(),
        occurred_at: Some(timestamp(now)),
    }
}
