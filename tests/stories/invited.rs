//! Who may label: a task's audience, groups, and those who are not in them.

use anyhow::{Context as _, Result, ensure};
use futures::TryStreamExt as _;
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_sdk::{
    Client, Role,
    subtasks::{GetHoldsRequest, ListOpenTasksRequest, OpenTask, ShortageCause},
    tasks::{
        Audience, AudienceKind, CreateTaskRequest, GetMyAudienceRequest, Policy, SetMyAudienceRequest,
        SetTaskAudienceRequest, TaskState,
    },
    users::{
        AcceptGroupInvitationRequest, AddGroupMemberRequest, CreateGroupInvitationRequest, CreateGroupRequest,
        GetMeRequest, LeaveGroupRequest, ListMyInvitationsRequest, RemoveGroupMemberRequest,
    },
};
use labelmesh_testkit::try_until;

use crate::people::{cats_and_dogs, lease, person, picture, stranger, submit, task, vote};

const PICTURES: u32 = 3;

/// A system as it is shipped, where new accounts' tasks are open to nobody.
async fn as_shipped() -> Result<Cluster> {
    let mut settings = Settings::for_tests()?;
    settings.environment.push(("TASKS__AUDIENCE__NEW_ACCOUNTS".to_owned(), "invited".to_owned()));
    Cluster::start(settings).await
}

fn groups(groups: &[&str]) -> Audience {
    let group_ids = groups.iter().map(ToString::to_string).collect();
    Audience { kind: AudienceKind::Invited.into(), group_ids, ..Audience::default() }
}

fn everybody() -> Audience {
    Audience { kind: AudienceKind::Open.into(), ..Audience::default() }
}

/// An open task of a few pictures, with an audience or with what the account says.
async fn open(client: &Client, title: &str, audience: Option<Audience>) -> Result<String> {
    let policy = Policy { redundancy: 1, ..Policy::default() };
    let request = CreateTaskRequest { audience, ..cats_and_dogs(title, policy) };
    let task = client.create_task(request).await?.task_id;
    client.upload_files(&task, &(0..PICTURES).map(picture).collect::<Vec<_>>()).await?;
    submit(client, &task).await?;
    Ok(task)
}

/// Waits until an operator holds all pictures.
async fn holds_all(operator: &Client) -> Result<()> {
    let all = async || Ok((lease(operator, PICTURES).await?.leases.len() == PICTURES as usize).then_some(()));
    try_until("all pictures", all).await
}

/// Waits until an operator is told that what is open is open to others, and holds nothing.
async fn is_told_to_wait_for_an_invitation(operator: &Client) -> Result<()> {
    try_until("nothing", async || {
        let leased = lease(operator, PICTURES).await?;
        let cause = leased.shortage.unwrap_or_default().cause();
        Ok((leased.leases.is_empty() && cause == ShortageCause::NotInvited).then_some(()))
    })
    .await
}

async fn open_to(operator: &Client) -> Result<Vec<OpenTask>> {
    Ok(operator.list_open_tasks_all(ListOpenTasksRequest::default()).try_collect().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_signs_up_as_an_operator_is_handed_nothing_until_a_group_takes_them_in() -> Result<()> {
    let cluster = as_shipped().await?;
    let client = person(&cluster, "careful", Role::Client).await?;
    let newcomer = person(&cluster, "newcomer", Role::Operator).await?;
    ensure!(client.get_my_audience(GetMyAudienceRequest {}).await? == groups(&[]), "as it is shipped");
    let task_id = open(&client, "Pets", None).await?;
    is_told_to_wait_for_an_invitation(&newcomer).await?;
    ensure!(open_to(&newcomer).await?.is_empty(), "what is not open to them is not listed");

    let group = client.create_group(CreateGroupRequest { name: "Crew".into(), ..Default::default() }).await?.group_id;
    let change = SetTaskAudienceRequest { task_id: task_id.clone(), audience: Some(groups(&[&group])) };
    client.set_task_audience(change).await?;
    let holds = client.get_holds(GetHoldsRequest { task_id: task_id.clone() }).await?;
    ensure!(holds.eligible_operators() == 0 && holds.needed_operators == 1, "it can't end, and says so: {holds:?}");
    let invitation = CreateGroupInvitationRequest { group_id: group.clone(), uses: 1, ..Default::default() };
    let code = client.create_group_invitation(invitation).await?.code;
    // At the other gateway.
    let elsewhere = cluster.gateways().last().context("two gateways")?;
    let newcomer = stranger(elsewhere)?.with_token(newcomer.token().unwrap_or_default());
    let join = AcceptGroupInvitationRequest { code, ..Default::default() };
    newcomer.accept_group_invitation(join.clone()).await?;
    holds_all(&newcomer).await?;
    let [listed] = &open_to(&newcomer).await?[..] else { anyhow::bail!("one task is open to them") };
    ensure!((listed.title.as_str(), listed.images_left) == ("Pets", PICTURES), "{listed:?}");
    let late = person(&cluster, "late", Role::Operator).await?.accept_group_invitation(join).await.err();
    ensure!(late.is_some_and(|late| late.reason() == "NOT_FOUND"), "the code was for one");

    newcomer.leave_group(LeaveGroupRequest { group_id: group }).await?;
    is_told_to_wait_for_an_invitation(&newcomer).await?;
    let change = SetTaskAudienceRequest { task_id: task_id.clone(), audience: Some(everybody()) };
    client.set_task_audience(change).await?;
    holds_all(&newcomer).await?;
    for held in lease(&newcomer, PICTURES).await?.leases {
        vote(&newcomer, &held.subtask_id, "cat").await?;
    }
    try_until("the end", async || Ok((task(&client, &task_id).await?.state() == TaskState::Completed).then_some(())))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_by_mail_accepts_and_who_is_removed_holds_nothing() -> Result<()> {
    let cluster = as_shipped().await?;
    let client = person(&cluster, "inviting", Role::Client).await?;
    let group = client.create_group(CreateGroupRequest { name: "Crew".into(), ..Default::default() }).await?.group_id;
    let known = person(&cluster, "known", Role::Operator).await?;
    for name in ["known", "unknown"] {
        let email = format!("{name}@labelmesh.example");
        let add = AddGroupMemberRequest { group_id: group.clone(), email, ..Default::default() };
        client.add_group_member(add).await?;
    }
    let unknown = person(&cluster, "unknown", Role::Operator).await?;
    let mine = SetMyAudienceRequest { audience: Some(groups(&[&group])) };
    client.set_my_audience(mine).await?;
    open(&client, "Pets", None).await?;
    for operator in [&known, &unknown] {
        let found = operator.list_my_invitations(ListMyInvitationsRequest {}).await?.invitations;
        let [one] = &found[..] else { anyhow::bail!("one invitation: {found:?}") };
        let accept = AcceptGroupInvitationRequest { invitation_id: one.invitation_id.clone(), ..Default::default() };
        operator.accept_group_invitation(accept).await?;
    }
    holds_all(&known).await?;
    let user_id = known.get_me(GetMeRequest {}).await?.user_id;
    client.remove_group_member(RemoveGroupMemberRequest { group_id: group, user_id }).await?;
    holds_all(&unknown).await?;
    is_told_to_wait_for_an_invitation(&known).await
}
