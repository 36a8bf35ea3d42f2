//! Groups of operators: made, joined and left.

use chrono::TimeDelta;
use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_identity::Role;
use labelmesh_proto::users::v1::{
    AcceptGroupInvitationRequest, AddGroupMemberRequest, CreateGroupInvitationRequest, CreateGroupRequest,
    DeleteGroupRequest, GetGroupRequest, Group, GroupInvited, GroupMemberChanged, LeaveGroupRequest,
    ListGroupInvitationsRequest, ListGroupMembersRequest, ListGroupsRequest, ListMyGroupsRequest,
    ListMyInvitationsRequest, RemoveGroupMemberRequest, RevokeGroupInvitationRequest, UpdateGroupRequest,
};
use labelmesh_testkit::until;

use crate::support::{Groups, Refusal as _, Running};

/// Who is told to be a member of what, as of the newest event about each.
async fn members_told(users: &Running) -> Vec<(String, bool)> {
    let mut told = std::collections::BTreeMap::<String, (u64, bool)>::new();
    for event in users.events::<GroupMemberChanged>().await {
        let known = told.entry(event.user_id).or_default();
        if event.version > known.0 {
            *known = (event.version, event.member);
        }
    }
    told.into_iter().map(|(user, (_, member))| (user, member)).collect()
}

async fn create(owner: &Groups, name: &str) -> Group {
    let request = CreateGroupRequest { name: name.to_owned(), ..Default::default() };
    owner.clone().create_group(request).await.expect("created").into_inner()
}

async fn code(owner: &Groups, group: &Group, uses: u32) -> String {
    let request = CreateGroupInvitationRequest { group_id: group.group_id.clone(), uses, valid_hours: 2 };
    owner.clone().create_group_invitation(request).await.expect("made").into_inner().code
}

fn by_code(code: &str) -> AcceptGroupInvitationRequest {
    AcceptGroupInvitationRequest { code: code.to_owned(), ..Default::default() }
}

fn email(group: &Group, email: &str) -> AddGroupMemberRequest {
    AddGroupMemberRequest { group_id: group.group_id.clone(), email: email.to_owned(), ..Default::default() }
}

async fn members(owner: &Groups, group: &Group) -> Vec<(String, String)> {
    let request = ListGroupMembersRequest { group_id: group.group_id.clone(), ..Default::default() };
    let members = owner.clone().list_group_members(request).await.expect("lists").into_inner().members;
    members.into_iter().map(|member| (member.user_id, member.invited_as)).collect()
}

#[tokio::test]
async fn a_group_is_its_owners_alone() {
    let users = Running::start().await;
    let (ann, bob) = (users.groups_as_somebody(&[Role::Client]), users.groups_as_somebody(&[Role::Client]));
    let group = create(&ann, " Night shift ").await;
    assert_eq!((group.name.as_str(), group.members), ("Night shift", 0));
    let id = || group.group_id.clone();
    let blank = CreateGroupRequest { name: " ".into(), ..Default::default() };
    assert_eq!(ann.clone().create_group(blank).await.refused().1, Some(Reason::FieldInvalid));
    for mut stranger in [bob.clone(), users.groups_as_somebody(&[Role::Client])] {
        let refused = [
            stranger.get_group(GetGroupRequest { group_id: id() }).await.refused().1,
            stranger.update_group(UpdateGroupRequest { group_id: id(), name: "Mine".into() }).await.refused().1,
            stranger.delete_group(DeleteGroupRequest { group_id: id() }).await.refused().1,
            stranger.add_group_member(email(&group, "eve@labelmesh.example")).await.refused().1,
            stranger
                .create_group_invitation(CreateGroupInvitationRequest { group_id: id(), ..Default::default() })
                .await
                .refused()
                .1,
        ];
        assert_eq!(refused, [Some(Reason::NotFound); 5]);
        let listed = stranger.list_groups(ListGroupsRequest::default()).await.expect("lists").into_inner();
        assert_eq!(listed.groups, []);
    }
    let mut root = users.groups_as_somebody(&[Role::Administrator]);
    assert_eq!(root.get_group(GetGroupRequest { group_id: id() }).await.expect("found").into_inner(), group);
    let renamed = ann.clone().update_group(UpdateGroupRequest { group_id: id(), name: "Day".into() }).await;
    assert_eq!(renamed.expect("renamed").into_inner().name, "Day");
    ann.clone().delete_group(DeleteGroupRequest { group_id: id() }).await.expect("deleted");
    assert_eq!(ann.clone().get_group(GetGroupRequest { group_id: id() }).await.refused().1, Some(Reason::NotFound));
}

#[tokio::test]
async fn a_repeated_create_makes_one_group() {
    let users = Running::start().await;
    let ann = users.groups_as_somebody(&[Role::Client]);
    let request_id = "0195f3a0-0000-7000-8000-000000000001".to_owned();
    let request = CreateGroupRequest { name: "Crew".into(), request_id };
    let [first, second] = [request.clone(), request.clone()].map(|request| {
        let mut ann = ann.clone();
        async move { ann.create_group(request).await.expect("created").into_inner() }
    });
    assert_eq!(first.await, second.await);
    let other = CreateGroupRequest { name: "Others".into(), ..request };
    assert_eq!(ann.clone().create_group(other).await.refused().1, Some(Reason::RequestIdReused));
}

#[tokio::test]
async fn an_address_is_invited_whether_or_not_anybody_has_it() {
    let users = Running::start().await;
    let mut ann = users.groups_as_somebody(&[Role::Client]);
    let group = create(&ann, "Crew").await;
    let ada = users.create("ada@labelmesh.example", &[Role::Operator]).await;
    let known = ann.add_group_member(email(&group, "Ada@labelmesh.example")).await.expect("invited").into_inner();
    users.clock.advance(TimeDelta::seconds(1));
    let unknown = ann.add_group_member(email(&group, "new@labelmesh.example")).await.expect("invited").into_inner();
    assert_eq!(known, unknown);
    ann.add_group_member(email(&group, "ada@labelmesh.example")).await.expect("a repeat is harmless");
    let listed = ListGroupInvitationsRequest { group_id: group.group_id.clone(), ..Default::default() };
    let listed = ann.list_group_invitations(listed).await.expect("lists").into_inner().invitations;
    let addresses: Vec<_> = listed.iter().map(|one| one.email.as_str()).collect();
    assert_eq!(addresses, ["new@labelmesh.example", "ada@labelmesh.example"], "nothing tells them apart");
    assert_eq!(members(&ann, &group).await, [], "nobody is a member who has not accepted");

    let new = users.create("new@labelmesh.example", &[Role::Operator]).await;
    for (user, address) in [(&ada, "ada@labelmesh.example"), (&new, "new@labelmesh.example")] {
        let mut operator = users.groups_as(&user.user_id, &[Role::Operator]);
        let found = operator.list_my_invitations(ListMyInvitationsRequest {}).await.expect("lists").into_inner();
        let [one] = &found.invitations[..] else { panic!("one invitation: {found:?}") };
        assert_eq!(one.group_name, "Crew");
        let accept = AcceptGroupInvitationRequest { invitation_id: one.invitation_id.clone(), ..Default::default() };
        let mut stranger = users.groups_as_somebody(&[Role::Operator]);
        assert_eq!(stranger.accept_group_invitation(accept.clone()).await.refused().1, Some(Reason::NotFound));
        operator.accept_group_invitation(accept).await.expect("joins");
        assert!(members(&ann, &group).await.contains(&(user.user_id.clone(), address.to_owned())));
    }
    let mut told = vec![(ada.user_id, true), (new.user_id, true)];
    told.sort_unstable();
    assert_eq!(members_told(&users).await, told);
}

#[tokio::test]
async fn who_has_an_invited_address_is_told_once_also_who_comes_to_have_it_later() {
    let users = Running::start().await;
    let mut ann = users.groups_as_somebody(&[Role::Client]);
    let group = create(&ann, "Crew").await;
    let ada = users.create("ada@labelmesh.example", &[Role::Operator]).await;
    for address in ["ada@labelmesh.example", "new@labelmesh.example", "ada@labelmesh.example"] {
        ann.add_group_member(email(&group, address)).await.expect("invited");
    }
    let told = async |people: usize| {
        until("everybody is told", async || {
            let told = users.events::<GroupInvited>().await;
            (told.len() >= people).then_some(told)
        })
        .await
    };
    told(1).await;
    let new = users.create("new@labelmesh.example", &[Role::Operator]).await;
    let told = told(2).await;
    let whom: Vec<_> = told.iter().map(|told| (&*told.user_id, &*told.group_name, &*told.group_id)).collect();
    assert_eq!(whom, [(&*ada.user_id, "Crew", &*group.group_id), (&*new.user_id, "Crew", &*group.group_id)]);
}

#[tokio::test]
async fn a_code_lets_in_as_many_as_it_says_and_no_more() {
    let users = Running::start().await;
    let ann = users.groups_as_somebody(&[Role::Client]);
    let group = create(&ann, "Crew").await;
    let code = code(&ann, &group, 3).await;
    let operators: Vec<_> = (0..10).map(|_| users.groups_as_somebody(&[Role::Operator])).collect();
    let joined = join_all(operators.iter().map(|operator| {
        let (mut operator, request) = (operator.clone(), by_code(&code));
        async move { operator.accept_group_invitation(request).await.map(|joined| joined.into_inner().group_name) }
    }));
    let (joined, refused): (Vec<_>, Vec<_>) = joined.await.into_iter().partition(Result::is_ok);
    assert_eq!((joined.len(), refused.len()), (3, 7));
    assert!(joined.iter().all(|name| name.as_ref().is_ok_and(|name| name == "Crew")));
    assert_eq!(members(&ann, &group).await.len(), 3);
    assert_eq!(members_told(&users).await.len(), 3);
}

#[tokio::test]
async fn a_code_ends_by_time_by_its_owner_and_for_who_was_removed() {
    let users = Running::start().await;
    let owner = users.create("ann@labelmesh.example", &[Role::Client]).await.user_id;
    let mut ann = users.groups_as(&owner, &[Role::Client]);
    let group = create(&ann, "Crew").await;
    let code = code(&ann, &group, 100).await;
    let ada = users.create("ada@labelmesh.example", &[Role::Operator]).await.user_id;
    let mut operator = users.groups_as(&ada, &[Role::Operator]);
    let joined = operator.accept_group_invitation(by_code(&code)).await.expect("joins").into_inner();
    let again = operator.accept_group_invitation(by_code(&code)).await.expect("is harmless").into_inner();
    assert_eq!(joined, again);
    let list = ListGroupInvitationsRequest { group_id: group.group_id.clone(), ..Default::default() };
    let listed = ann.list_group_invitations(list.clone()).await.expect("lists").into_inner().invitations;
    assert_eq!((listed[0].uses_left, listed[0].code.as_str()), (99, ""), "and the code is shown once");

    operator.leave_group(LeaveGroupRequest { group_id: group.group_id.clone() }).await.expect("leaves");
    operator.leave_group(LeaveGroupRequest { group_id: group.group_id.clone() }).await.expect("is harmless");
    operator.accept_group_invitation(by_code(&code)).await.expect("may come back");
    let remove = RemoveGroupMemberRequest { group_id: group.group_id.clone(), user_id: ada.clone() };
    ann.remove_group_member(remove.clone()).await.expect("removed");
    ann.remove_group_member(remove).await.expect("is harmless");
    assert_eq!(operator.accept_group_invitation(by_code(&code)).await.refused().1, Some(Reason::NotFound));
    let add = AddGroupMemberRequest { group_id: group.group_id.clone(), user_id: ada.clone(), ..Default::default() };
    ann.add_group_member(add.clone()).await.expect("added");
    ann.add_group_member(add).await.expect("is harmless");
    let mine = operator.list_my_groups(ListMyGroupsRequest {}).await.expect("lists").into_inner().memberships;
    assert_eq!(mine.len(), 1);
    let versions: Vec<_> =
        users.events::<GroupMemberChanged>().await.into_iter().map(|event| (event.version, event.member)).collect();
    assert_eq!(versions, [(1, true), (2, false), (3, true), (4, false), (5, true)], "told once each");

    users.clock.advance(TimeDelta::hours(2));
    // The tokens of before have ended as well.
    let mut ann = users.groups_as(&owner, &[Role::Client]);
    let mut other = users.groups_as_somebody(&[Role::Operator]);
    assert_eq!(other.accept_group_invitation(by_code(&code)).await.refused().1, Some(Reason::NotFound));
    let code = self::code(&ann, &group, 1).await;
    let listed = ann.list_group_invitations(list).await.expect("lists").into_inner().invitations;
    let revoke = RevokeGroupInvitationRequest {
        group_id: group.group_id.clone(),
        invitation_id: listed[0].invitation_id.clone(),
    };
    ann.revoke_group_invitation(revoke.clone()).await.expect("withdrawn");
    ann.revoke_group_invitation(revoke).await.expect("is harmless");
    assert_eq!(other.accept_group_invitation(by_code(&code)).await.refused().1, Some(Reason::NotFound));
}

#[tokio::test]
async fn who_is_named_by_id_must_be_somebody_and_one_of_both_is_named() {
    let users = Running::start().await;
    let mut ann = users.groups_as_somebody(&[Role::Client]);
    let group = create(&ann, "Crew").await;
    let nobody = "0195f3a0-0000-7000-8000-000000000001".to_owned();
    let add = AddGroupMemberRequest { group_id: group.group_id.clone(), user_id: nobody, ..Default::default() };
    assert_eq!(ann.add_group_member(add.clone()).await.refused().1, Some(Reason::NotFound));
    let both = AddGroupMemberRequest { email: "ada@labelmesh.example".into(), ..add.clone() };
    assert_eq!(ann.add_group_member(both).await.refused().1, Some(Reason::FieldInvalid));
    let neither = AddGroupMemberRequest { user_id: String::new(), ..add };
    assert_eq!(ann.add_group_member(neither).await.refused().1, Some(Reason::FieldInvalid));
    let mut operator = users.groups_as_somebody(&[Role::Operator]);
    let none = operator.accept_group_invitation(AcceptGroupInvitationRequest::default()).await;
    assert_eq!(none.refused().1, Some(Reason::FieldInvalid));
    assert_eq!(members_told(&users).await, []);
}

#[tokio::test]
async fn a_group_that_is_deleted_has_no_members_and_no_invitations() {
    let users = Running::start().await;
    let mut ann = users.groups_as_somebody(&[Role::Client]);
    let group = create(&ann, "Crew").await;
    let code = code(&ann, &group, 100).await;
    let operators: Vec<_> = (0..3).map(|_| users.groups_as_somebody(&[Role::Operator])).collect();
    for operator in &operators {
        operator.clone().accept_group_invitation(by_code(&code)).await.expect("joins");
    }
    ann.delete_group(DeleteGroupRequest { group_id: group.group_id.clone() }).await.expect("deleted");
    assert!(members_told(&users).await.iter().all(|(_, member)| !member));
    for mut operator in operators {
        let mine = operator.list_my_groups(ListMyGroupsRequest {}).await.expect("lists").into_inner().memberships;
        assert_eq!(mine, []);
        assert_eq!(operator.accept_group_invitation(by_code(&code)).await.refused().1, Some(Reason::NotFound));
    }
}

#[tokio::test]
async fn an_operator_is_in_fifty_groups_at_most() {
    let users = Running::start().await;
    let mut operator = users.groups_as_somebody(&[Role::Operator]);
    let ann = users.groups_as_somebody(&[Role::Client]);
    for number in 0..50 {
        let group = create(&ann, &format!("Crew {number}")).await;
        operator.accept_group_invitation(by_code(&code(&ann, &group, 1).await)).await.expect("joins");
    }
    let group = create(&ann, "One more").await;
    let full = operator.accept_group_invitation(by_code(&code(&ann, &group, 1).await)).await;
    assert_eq!(full.refused().1, Some(Reason::QuotaUsedUp));
}
