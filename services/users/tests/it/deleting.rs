//! Users are deleted, and what others see of them ends.

use labelmesh_errors::Reason;
use labelmesh_identity::Role;
use labelmesh_proto::users::v1::{
    AcceptGroupInvitationRequest, AddGroupMemberRequest, CreateGroupInvitationRequest, CreateGroupRequest,
    DeleteUserRequest, GetContactRequest, GetUserRequest, GroupMemberChanged, ListGroupMembersRequest,
    LookupCredentialRequest, UserDeleted,
};
use labelmesh_testkit::until;
use tonic::Code;

use crate::support::{Refusal as _, Running, anyone};

const NOT_FOUND: (Code, Option<Reason>) = (Code::NotFound, Some(Reason::NotFound));

fn deleting(user_id: &str) -> DeleteUserRequest {
    DeleteUserRequest { user_id: user_id.to_owned(), ..DeleteUserRequest::default() }
}

async fn removed(users: &Running) {
    let left = "SELECT count(*) FROM deleted_user WHERE NOT removed";
    until("the rest to go", async || (users.count(left).await == 0).then_some(())).await;
}

#[tokio::test]
async fn who_deletes_themselves_is_gone_and_a_repeat_is_harmless() {
    let users = Running::start().await;
    let ada = users.create("ada@example.com", &[Role::Operator]).await;
    let mut as_ada = users.as_user(&ada.user_id, &[Role::Operator]);
    let stale = DeleteUserRequest { etag: "7".into(), ..deleting(&ada.user_id) };
    assert_eq!(as_ada.delete_user(stale.clone()).await.refused(), (Code::Aborted, Some(Reason::EtagMismatch)));
    let mut root = users.as_somebody(&[Role::Administrator]);
    as_ada.delete_user(DeleteUserRequest { etag: ada.etag.clone(), ..deleting(&ada.user_id) }).await.expect("deleted");
    for mut caller in [as_ada.clone(), root.clone()] {
        caller.delete_user(deleting(&ada.user_id)).await.expect("deleted already");
        // As with other changes: where nothing is to do, the state that one had in mind does not matter.
        caller.delete_user(stale.clone()).await.expect("deleted already");
        let get = GetUserRequest { user_id: ada.user_id.clone() };
        assert_eq!(caller.get_user(get).await.refused(), NOT_FOUND);
    }
    let told: Vec<UserDeleted> = users.events().await;
    assert_eq!((told.len(), told[0].user_id.as_str(), told[0].version), (1, ada.user_id.as_str(), 2));

    let credential = LookupCredentialRequest { email: ada.email.clone(), ..Default::default() };
    let found = users.as_service("auth").lookup_credential(credential).await.expect("an answer").into_inner();
    assert_eq!((found.user_id.as_str(), found.password_hash.as_str()), ("", ""));
    let contact = GetContactRequest { user_id: ada.user_id.clone() };
    assert_eq!(users.as_service("notify").get_contact(contact).await.refused(), NOT_FOUND);
    // The address is anybody's again, and they are somebody else.
    let again = users.create("ada@example.com", &[Role::Operator]).await;
    assert_ne!(again.user_id, ada.user_id);
    assert_eq!(root.delete_user(deleting("0192f0c1-2345-7abc-8def-0123456789ab")).await.refused(), NOT_FOUND);
}

#[tokio::test]
async fn a_stranger_deletes_nobody_and_the_last_administrator_stays() {
    let users = Running::start().await;
    let one = users.create("one@example.com", &[Role::Administrator]).await;
    let two = users.create("two@example.com", &[Role::Administrator]).await;
    for role in [Role::Client, Role::Operator] {
        assert_eq!(users.as_somebody(&[role]).delete_user(deleting(&one.user_id)).await.refused(), NOT_FOUND);
    }
    let delete = |by: &str, whom: &str| {
        let (mut by, whom) = (users.as_user(by, &[Role::Administrator]), deleting(whom));
        async move { by.delete_user(whom).await }
    };
    let (first, second) = tokio::join!(delete(&one.user_id, &two.user_id), delete(&two.user_id, &one.user_id));
    let refused = if first.is_ok() { second } else { first };
    assert_eq!(refused.refused(), (Code::FailedPrecondition, Some(Reason::LastAdministrator)));
    assert_eq!(users.count("SELECT count(*) FROM users").await, 1);
}

#[tokio::test]
async fn a_create_that_is_repeated_after_the_deletion_creates_nobody() {
    let users = Running::start().await;
    let request = anyone("ada@example.com");
    let ada = users.as_nobody().create_user(request.clone()).await.expect("created").into_inner();
    users.as_user(&ada.user_id, &[Role::Operator]).delete_user(deleting(&ada.user_id)).await.expect("deleted");
    removed(&users).await;
    let refused = users.as_nobody().create_user(request).await.refused();
    assert_eq!(refused, (Code::AlreadyExists, Some(Reason::RequestIdReused)));
    assert_eq!(users.count("SELECT count(*) FROM users").await, 0);
}

#[tokio::test]
async fn groups_memberships_and_invitations_end_and_the_members_are_told() {
    let users = Running::start().await;
    let ann = users.create("ann@example.com", &[Role::Client, Role::Operator]).await;
    let bob = users.create("bob@example.com", &[Role::Operator]).await;
    let both = [Role::Client, Role::Operator];
    let (mut as_ann, mut other) = (users.groups_as(&ann.user_id, &both), users.groups_as_somebody(&[Role::Client]));
    let mut made = Vec::new();
    for owner in [&mut as_ann, &mut other] {
        let request = CreateGroupRequest { name: "Crew".into(), ..Default::default() };
        made.push(owner.create_group(request).await.expect("created").into_inner().group_id);
    }
    let add = |group_id: &str, user_id: &str| {
        let (group_id, user_id) = (group_id.to_owned(), user_id.to_owned());
        AddGroupMemberRequest { group_id, user_id, ..Default::default() }
    };
    as_ann.add_group_member(add(&made[0], &bob.user_id)).await.expect("a member");
    other.add_group_member(add(&made[1], &ann.user_id)).await.expect("a member");
    let invite = AddGroupMemberRequest { group_id: made[1].clone(), email: ann.email.clone(), ..Default::default() };
    other.add_group_member(invite).await.expect("invited");
    let code = CreateGroupInvitationRequest { group_id: made[1].clone(), uses: 2, ..Default::default() };
    let code = other.create_group_invitation(code).await.expect("made").into_inner().code;

    users.as_user(&ann.user_id, &both).delete_user(deleting(&ann.user_id)).await.expect("deleted");
    removed(&users).await;
    let ended: Vec<GroupMemberChanged> = users.events().await;
    let ended: Vec<_> =
        ended.iter().filter(|event| !event.member).map(|event| (&event.group_id, &event.user_id)).collect();
    assert_eq!(ended.len(), 2);
    assert!(ended.contains(&(&made[0], &bob.user_id)) && ended.contains(&(&made[1], &ann.user_id)), "{ended:?}");
    let members = ListGroupMembersRequest { group_id: made[1].clone(), ..Default::default() };
    assert_eq!(other.list_group_members(members).await.expect("lists").into_inner().members, []);
    assert_eq!(users.count("SELECT count(*) FROM group_invitation WHERE email IS NOT NULL").await, 0);
    assert_eq!(users.count("SELECT count(*) FROM operator_group WHERE name <> ''").await, 1, "the other's");

    // What was under way comes too late.
    let create = CreateGroupRequest { name: "Late".into(), ..Default::default() };
    assert_eq!(as_ann.create_group(create).await.refused(), NOT_FOUND);
    let join = AcceptGroupInvitationRequest { code, ..Default::default() };
    assert_eq!(as_ann.accept_group_invitation(join).await.refused(), NOT_FOUND);
    assert_eq!(other.add_group_member(add(&made[1], &ann.user_id)).await.refused(), NOT_FOUND);
}
