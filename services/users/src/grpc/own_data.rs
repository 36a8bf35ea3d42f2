//! What is stored about a user, as messages.

use labelmesh_proto::{
    timestamp,
    users::v1::{
        AccountRecord, MembershipState, StoredConfirmation, StoredGroup, StoredMembership, StoredPassword,
        StoredReceivedInvitation,
    },
};

use crate::{
    app::Datum,
    store::own_data::{Confirmation, Group, Membership, Password, Received},
};

impl From<Datum> for AccountRecord {
    fn from(datum: Datum) -> Self {
        let record = Self::default();
        match datum {
            Datum::Account(user) => Self { account: Some(user.into()), ..record },
            Datum::Password(password) => Self { password: Some(password.into()), ..record },
            Datum::Confirmation(confirmation) => Self { confirmation: Some(confirmation.into()), ..record },
            Datum::Group(group) => Self { group: Some(group.into()), ..record },
            Datum::Invitation(invitation) => Self { invitation: Some(invitation.into()), ..record },
            Datum::Received(invitation) => Self { received_invitation: Some(invitation.into()), ..record },
            Datum::Membership(membership) => Self { membership: Some(membership.into()), ..record },
        }
    }
}

impl From<Password> for StoredPassword {
    fn from(password: Password) -> Self {
        Self { version: password.version.unsigned_abs(), set_at: Some(timestamp(password.set_at)) }
    }
}

impl From<Confirmation> for StoredConfirmation {
    fn from(confirmation: Confirmation) -> Self {
        Self {
            confirmation_id: confirmation.id.to_string(),
            email: confirmation.email,
            told_email: confirmation.told_email.unwrap_or_default(),
            created_at: Some(timestamp(confirmation.created_at)),
            expires_at: Some(timestamp(confirmation.expires_at)),
        }
    }
}

impl From<Group> for StoredGroup {
    fn from(group: Group) -> Self {
        Self {
            group_id: group.id.to_string(),
            name: group.name,
            created_at: Some(timestamp(group.created_at)),
            deleted_at: group.deleted_at.map(timestamp),
        }
    }
}

impl From<Received> for StoredReceivedInvitation {
    fn from(invitation: Received) -> Self {
        Self {
            invitation_id: invitation.id.to_string(),
            group_id: invitation.group_id.to_string(),
            told: invitation.told,
            expires_at: Some(timestamp(invitation.expires_at)),
        }
    }
}

impl From<Membership> for StoredMembership {
    fn from(membership: Membership) -> Self {
        let state = match membership.state.as_str() {
            "member" => MembershipState::Member,
            "left" => MembershipState::Left,
            "removed" => MembershipState::Removed,
            _ => MembershipState::Unspecified,
        };
        Self {
            group_id: membership.group_id.to_string(),
            state: state.into(),
            since: Some(timestamp(membership.since)),
            invited_as: membership.invited_as,
        }
    }
}
