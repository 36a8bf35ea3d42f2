//! Users take away what is stored about them.

use futures::TryStreamExt as _;
use labelmesh_identity::Role;
use labelmesh_proto::users::v1::{
    AccountRecord, AddGroupMemberRequest, CreateGroupInvitationRequest, CreateGroupRequest, DeleteGroupRequest,
    ExportMyAccountRequest, Group, LeaveGroupRequest, MembershipState, User,
};
use tonic::Code;

use crate::support::{Client, Groups, PASSWORD, Running, anyone};

async fn export(mut client: Client) -> Vec<AccountRecord> {
    let answers = client.export_my_account(ExportMyAccountRequest {}).await.expect("a stream").into_inner();
    answers.try_collect().await.expect("to its end")
}

async fn group(owner: &mut Groups, name: &str) -> Group {
    let request = CreateGroupRequest { name: name.to_owned(), ..Default::default() };
    owner.create_group(request).await.expect("created").into_inner()
}

fn adding(group: &Group, user: &User) -> AddGroupMemberRequest {
    let (group_id, user_id) = (group.group_id.clone(), user.user_id.clone());
    AddGroupMemberRequest { group_id, user_id, ..Default::default() }
}

#[tokio::test]
async fn an_export_has_the_account_groups_invitations_and_memberships_of_the_caller_alone() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Client, Role::Operator]).await;
    let eve = users.create("eve@example.com", &[Role::Client, Role::Operator]).await;
    let groups_of = |user: &User| users.groups_as(&user.user_id, &[Role::Client, Role::Operator]);
    let (mut adas, mut eves) = (groups_of(&ada), groups_of(&eve));
    let [day, gone] = [group(&mut adas, "Day").await, group(&mut adas, "Gone").await];
    let group_id = || day.group_id.clone();
    let friend =
        AddGroupMemberRequest { group_id: group_id(), email: "friend@example.com".into(), ..Default::default() };
    adas.add_group_member(friend).await.expect("invited");
    let code = CreateGroupInvitationRequest { group_id: group_id(), ..Default::default() };
    let code = adas.create_group_invitation(code).await.expect("made").into_inner().code;
    adas.delete_group(DeleteGroupRequest { group_id: gone.group_id.clone() }).await.expect("deleted");
    adas.add_group_member(adding(&day, &eve)).await.expect("added");
    let [crew, left] = [group(&mut eves, "Eve's crew").await, group(&mut eves, "Eve's others").await];
    eves.add_group_member(adding(&crew, &ada)).await.expect("added");
    eves.add_group_member(adding(&left, &ada)).await.expect("added");
    adas.leave_group(LeaveGroupRequest { group_id: left.group_id.clone() }).await.expect("left");
    let third = group(&mut eves, "Eve's third").await;
    let invite =
        AddGroupMemberRequest { group_id: third.group_id.clone(), email: ada.email.clone(), ..Default::default() };
    eves.add_group_member(invite).await.expect("invited");

    let records = export(users.as_user(&ada.user_id, &[Role::Operator])).await;
    assert_eq!(records[0].account.as_ref(), Some(&ada));
    assert_eq!(
        records.iter().filter_map(|record| record.password).map(|password| password.version).collect::<Vec<_>>(),
        [1]
    );
    let groups: Vec<_> = records.iter().filter_map(|record| record.group.as_ref()).collect();
    let mut names: Vec<_> = groups.iter().map(|group| (group.name.as_str(), group.deleted_at.is_some())).collect();
    names.sort_unstable();
    assert_eq!(names, [("", true), ("Day", false)]);
    let invitations: Vec<_> = records.iter().filter_map(|record| record.invitation.as_ref()).collect();
    let mut emails: Vec<_> = invitations.iter().map(|invitation| invitation.email.as_str()).collect();
    emails.sort_unstable();
    assert_eq!(emails, ["", "friend@example.com"]);
    let received: Vec<_> = records.iter().filter_map(|record| record.received_invitation.as_ref()).collect();
    assert_eq!(received.iter().map(|one| one.group_id.as_str()).collect::<Vec<_>>(), [third.group_id.as_str()]);
    let memberships = records.iter().filter_map(|record| record.membership.as_ref());
    let memberships: std::collections::BTreeMap<_, _> =
        memberships.map(|one| (one.group_id.as_str(), one.state())).collect();
    let expected = [(crew.group_id.as_str(), MembershipState::Member), (left.group_id.as_str(), MembershipState::Left)];
    assert_eq!(memberships, expected.into());
    let said = format!("{records:?}");
    assert!(!said.contains("Eve") && !said.contains("eve@") && !said.contains(&code), "{said}");
    assert!(!said.contains("$2") && !said.contains(PASSWORD), "{said}");

    let refused = users.as_nobody().export_my_account(ExportMyAccountRequest {}).await.map(|_| ());
    assert_eq!(refused.expect_err("nobody's").code(), Code::Unauthenticated);
}

#[tokio::test]
async fn long_lists_come_whole_and_in_order() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Client]).await;
    let mut adas = users.groups_as(&ada.user_id, &[Role::Client]);
    group(&mut adas, "One").await;
    users
        .execute(
            "INSERT INTO operator_group (id, owner_id, name, created_at)
             SELECT gen_random_uuid(), owner_id, 'Many', created_at FROM operator_group, generate_series(1, 1201);
             INSERT INTO group_invitation (id, group_id, email, uses_left, expires_at)
             SELECT gen_random_uuid(), id, n || '@example.com', 1, '2030-01-01'
             FROM operator_group, generate_series(1, 2) n",
        )
        .await;
    let records = export(users.as_user(&ada.user_id, &[Role::Client])).await;
    let groups: Vec<_> = records.iter().filter_map(|record| record.group.as_ref()).map(|one| &one.group_id).collect();
    assert_eq!((groups.len(), groups.is_sorted_by(|one, next| one < next)), (1202, true));
    let invitations = records.iter().filter_map(|record| record.invitation.as_ref());
    let invitations: Vec<_> = invitations.map(|one| (&one.group_id, &one.invitation_id)).collect();
    assert_eq!((invitations.len(), invitations.is_sorted_by(|one, next| one < next)), (2404, true));
}

#[tokio::test]
async fn who_has_not_confirmed_sees_what_is_mailed_and_not_who_invites_the_address() {
    let users = Running::start_with(|config| config.confirmation.required = true).await;
    let ada = users.as_nobody().create_user(anyone("ada@example.com")).await.expect("created").into_inner();
    users
        .execute(
            "INSERT INTO operator_group (id, owner_id, name, created_at)
             VALUES (gen_random_uuid(), gen_random_uuid(), 'Crew', 'epoch');
             INSERT INTO group_invitation (id, group_id, email, uses_left, expires_at)
             SELECT gen_random_uuid(), id, 'ada@example.com', 1, '2030-01-01' FROM operator_group",
        )
        .await;
    let records = export(users.as_unconfirmed(&ada.user_id, &[Role::Operator])).await;
    let mailed: Vec<_> = records.iter().filter_map(|record| record.confirmation.as_ref()).collect();
    assert_eq!(mailed.iter().map(|one| one.email.as_str()).collect::<Vec<_>>(), ["ada@example.com"]);
    assert!(records.iter().all(|record| record.received_invitation.is_none()), "{records:?}");
}
