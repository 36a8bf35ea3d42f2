//! Groups as operators see them: joined and left.

use labelmesh_sdk::{
    Client,
    users::{
        AcceptGroupInvitationRequest, LeaveGroupRequest, ListMyGroupsRequest, ListMyInvitationsRequest, Membership,
        ReceivedInvitation,
    },
};

use crate::{
    exit::Failure,
    output::{Output, print, print_json, table, when},
};

/// How long an id is, which no code is.
const ID: usize = 36;

pub(super) async fn join(client: &Client, invitation: String, output: Output) -> Result<(), Failure> {
    let request = match invitation.len() {
        ID => AcceptGroupInvitationRequest { invitation_id: invitation, ..Default::default() },
        _ => AcceptGroupInvitationRequest { code: invitation, ..Default::default() },
    };
    let joined = client.accept_group_invitation(request).await?;
    output.message(&joined, || format!("You are in the group {}. Try: labelmesh work", joined.group_name))
}

pub(super) async fn leave(client: &Client, group_id: String, output: Output) -> Result<(), Failure> {
    let left = client.leave_group(LeaveGroupRequest { group_id }).await?;
    output.message(&left, || "You have left the group.".to_owned())
}

pub(super) async fn mine(client: &Client, output: Output) -> Result<(), Failure> {
    let memberships = client.list_my_groups(ListMyGroupsRequest {}).await?.memberships;
    if output.json {
        return print_json(&memberships);
    }
    if memberships.is_empty() {
        output.note("You are in no group. Try: labelmesh groups invitations");
        return Ok(());
    }
    let row = |one: &Membership| vec![one.group_id.clone(), one.group_name.clone(), when(one.joined_at.as_ref())];
    print(&[table(&["group", "name", "since"], &memberships.iter().map(row).collect::<Vec<_>>())])
}

pub(super) async fn received(client: &Client, output: Output) -> Result<(), Failure> {
    let invitations = client.list_my_invitations(ListMyInvitationsRequest {}).await?.invitations;
    if output.json {
        return print_json(&invitations);
    }
    if invitations.is_empty() {
        output.note("Nobody has invited you.");
        return Ok(());
    }
    let row = |one: &ReceivedInvitation| {
        vec![one.invitation_id.clone(), one.group_name.clone(), when(one.expires_at.as_ref())]
    };
    print(&[table(&["invitation", "group", "until"], &invitations.iter().map(row).collect::<Vec<_>>())])?;
    output.note("Try: labelmesh groups join INVITATION");
    Ok(())
}
