//! `labelmesh groups`: groups of operators, for those who own them and those who are in them.

mod joining;

use clap::Subcommand;
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    users::{
        AddGroupMemberRequest, CreateGroupInvitationRequest, CreateGroupRequest, DeleteGroupRequest, Group,
        GroupInvitation, GroupMember, ListGroupInvitationsRequest, ListGroupMembersRequest, ListGroupsRequest,
        RemoveGroupMemberRequest, RevokeGroupInvitationRequest, UpdateGroupRequest,
    },
};

use crate::{
    exit::Failure,
    limit,
    output::{Output, counted, print, print_json, table, when},
    session::Account,
};

/// Gather operators in groups that your tasks can be open to, or join and leave such groups.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a group without members.
    #[command(after_help = "Example:
  labelmesh groups create 'Night shift'")]
    Create {
        /// What to call it; members see it too.
        name: String,
    },
    /// List your groups, the newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 100, value_parser = limit::parser())]
        limit: usize,
    },
    /// Give a group another name.
    Rename {
        /// The group's id.
        group: String,
        /// Its new name.
        name: String,
    },
    /// Delete a group: its members lose what was open to them as its members.
    Delete {
        /// The group's id.
        group: String,
    },
    /// List the members of a group.
    Members {
        /// The group's id.
        group: String,
    },
    /// Add operators: an e-mail address is invited, whoever has it; a user id is a member at once.
    #[command(after_help = "Examples:
  labelmesh groups add GROUP ann@example.com bob@example.com
  labelmesh groups add GROUP 01a2b3c4-...      # as `labelmesh whoami` shows it")]
    Add {
        /// The group's id.
        group: String,
        /// E-mail addresses or user ids.
        #[arg(required = true)]
        who: Vec<String>,
    },
    /// Remove a member; what they hold of tasks that were open to them as one goes back.
    Remove {
        /// The group's id.
        group: String,
        /// The member's user id.
        user: String,
    },
    /// Make a code by which operators can join. It is shown this once.
    #[command(after_help = "Example:
  labelmesh groups invite GROUP --uses 20 --hours 48")]
    Invite {
        /// The group's id.
        group: String,
        /// How many may join by it.
        #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5000))]
        uses: u32,
        /// For how many hours.
        #[arg(long, default_value_t = 168, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=2160))]
        hours: u32,
    },
    /// List the invitations to a group that can still be accepted.
    Invitations {
        /// The group's id; left out, the invitations to you.
        group: Option<String>,
    },
    /// Withdraw an invitation.
    Revoke {
        /// The group's id.
        group: String,
        /// The invitation's id.
        invitation: String,
    },
    /// Join a group, by a code or by the id of an invitation to you.
    #[command(after_help = "Examples:
  labelmesh groups join fLkC2vJ0...
  labelmesh groups invitations
  labelmesh groups join 01a2b3c4-...")]
    Join {
        /// The code, or the invitation's id.
        invitation: String,
    },
    /// List the groups that you are in.
    Mine,
    /// Leave a group.
    Leave {
        /// The group's id.
        group: String,
    },
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::Create { name } => {
            let group = client.create_group(CreateGroupRequest { name, ..Default::default() }).await?;
            output.message(&group, || format!("Created group {}.", group.group_id))
        }
        Command::List { limit } => list(&client, limit, output).await,
        Command::Rename { group, name } => {
            let group = client.update_group(UpdateGroupRequest { group_id: group, name }).await?;
            output.message(&group, || format!("The group is called {} now.", group.name))
        }
        Command::Delete { group } => {
            let deleted = client.delete_group(DeleteGroupRequest { group_id: group }).await?;
            output.message(&deleted, || "The group is deleted.".to_owned())
        }
        Command::Members { group } => members(&client, group, output).await,
        Command::Add { group, who } => add(&client, &group, &who, output).await,
        Command::Remove { group, user } => {
            let removed =
                client.remove_group_member(RemoveGroupMemberRequest { group_id: group, user_id: user }).await?;
            output.message(&removed, || "They are no member any more.".to_owned())
        }
        Command::Invite { group, uses, hours } => invite(&client, group, uses, hours, output).await,
        Command::Invitations { group: Some(group) } => invitations(&client, group, output).await,
        Command::Invitations { group: None } => joining::received(&client, output).await,
        Command::Revoke { group, invitation } => {
            let request = RevokeGroupInvitationRequest { group_id: group, invitation_id: invitation };
            let revoked = client.revoke_group_invitation(request).await?;
            output.message(&revoked, || "The invitation is withdrawn.".to_owned())
        }
        Command::Join { invitation } => joining::join(&client, invitation, output).await,
        Command::Mine => joining::mine(&client, output).await,
        Command::Leave { group } => joining::leave(&client, group, output).await,
    }
}

async fn list(client: &Client, limit: usize, output: Output) -> Result<(), Failure> {
    let request = ListGroupsRequest { page_size: limit::page(limit), ..Default::default() };
    let mut groups: Vec<Group> = limit::first(client.list_groups_all(request), limit).await?;
    limit::cut(&mut groups, limit, output);
    if output.json {
        return print_json(&groups);
    }
    if groups.is_empty() {
        output.note("You have no groups. Try: labelmesh groups create NAME");
        return Ok(());
    }
    let row = |group: &Group| {
        vec![group.group_id.clone(), group.name.clone(), group.members.to_string(), when(group.created_at.as_ref())]
    };
    print(&[table(&["group", "name", "members", "created"], &groups.iter().map(row).collect::<Vec<_>>())])
}

async fn members(client: &Client, group_id: String, output: Output) -> Result<(), Failure> {
    let request = ListGroupMembersRequest { group_id, page_size: limit::ALL, ..Default::default() };
    let members: Vec<GroupMember> = client.list_group_members_all(request).try_collect().await?;
    if output.json {
        return print_json(&members);
    }
    if members.is_empty() {
        output.note("The group has no members yet.");
        return Ok(());
    }
    let row = |member: &GroupMember| {
        let name = format!("{} {}", member.name, member.surname).trim().to_owned();
        vec![member.user_id.clone(), name, member.invited_as.clone(), when(member.joined_at.as_ref())]
    };
    print(&[table(&["user", "name", "invited as", "since"], &members.iter().map(row).collect::<Vec<_>>())])
}

async fn add(client: &Client, group: &str, who: &[String], output: Output) -> Result<(), Failure> {
    for one in who {
        invite_or_add(client, group, one).await?;
        let told = if one.contains('@') { "is invited" } else { "is a member" };
        output.note(&format!("{one} {told}."));
    }
    Ok(())
}

/// Invites an address to a group, or makes a user a member of it.
pub(crate) async fn invite_or_add(client: &Client, group: &str, who: &str) -> Result<(), Failure> {
    let (email, user_id) = if who.contains('@') { (who, "") } else { ("", who) };
    let (email, user_id) = (email.to_owned(), user_id.to_owned());
    client.add_group_member(AddGroupMemberRequest { group_id: group.to_owned(), email, user_id }).await?;
    Ok(())
}

async fn invite(client: &Client, group_id: String, uses: u32, hours: u32, output: Output) -> Result<(), Failure> {
    let request = CreateGroupInvitationRequest { group_id, uses, valid_hours: hours };
    let made: GroupInvitation = client.create_group_invitation(request).await?;
    output.message(&made, || {
        let (who, until) = (counted(made.uses_left.into(), "operator"), when(made.expires_at.as_ref()));
        format!("{}\n{who} may join by it until {until}: labelmesh groups join CODE", made.code)
    })
}

async fn invitations(client: &Client, group_id: String, output: Output) -> Result<(), Failure> {
    let request = ListGroupInvitationsRequest { group_id, page_size: limit::ALL, ..Default::default() };
    let invitations: Vec<GroupInvitation> = client.list_group_invitations_all(request).try_collect().await?;
    if output.json {
        return print_json(&invitations);
    }
    if invitations.is_empty() {
        output.note("Nobody is invited.");
        return Ok(());
    }
    let row = |one: &GroupInvitation| {
        let whom = if one.email.is_empty() { "whoever has the code".to_owned() } else { one.email.clone() };
        vec![one.invitation_id.clone(), whom, one.uses_left.to_string(), when(one.expires_at.as_ref())]
    };
    let rows: Vec<_> = invitations.iter().map(row).collect();
    print(&[table(&["invitation", "whom", "uses left", "until"], &rows)])
}
