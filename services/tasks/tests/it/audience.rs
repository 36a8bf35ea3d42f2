//! Whom tasks are open to: said by the task, or by its owner's account.

use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{Audience, AudienceKind, CreateTaskRequest, TaskAudienceChanged, TaskOpened};
use tasks::NewTasks;

use crate::harness::{Client, File, Harness, draft};
use crate::pictures::png;

const GROUP: &str = "0195f3a0-0000-7000-8000-000000000001";
const OPERATOR: &str = "0195f3a0-0000-7000-8000-000000000002";

fn everybody() -> Audience {
    Audience { kind: AudienceKind::Open.into(), ..Audience::default() }
}

fn invited(groups: &[&str], operators: &[&str]) -> Audience {
    let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    Audience { kind: AudienceKind::Invited.into(), group_ids: owned(groups), operator_ids: owned(operators) }
}

fn open_to(audience: Audience) -> CreateTaskRequest {
    CreateTaskRequest { audience: Some(audience), ..draft("Pets") }
}

/// Since when there are audiences, as far as the accounts of this test are concerned.
async fn since(harness: &Harness, offset: &str) {
    let now = harness.clock.now().to_rfc3339();
    harness.execute(&format!("UPDATE audience_since SET at = '{now}'::timestamptz + '{offset}'::interval")).await;
}

async fn submitted(harness: &Harness, client: &Client, id: &str) -> TaskOpened {
    client.upload(id, vec![File::new("0.png", "image/png", png(0))]).await.expect("uploaded");
    client.submit(id).await.expect("submitted");
    harness.heard().await
}

#[tokio::test]
async fn the_tasks_of_a_new_account_are_open_to_nobody_and_those_of_an_old_one_to_everybody() {
    // As shipped.
    let harness = Harness::with(|config| config.audience = NewTasks::default()).await;
    since(&harness, "-1 minute").await;
    let client = harness.client();
    assert_eq!(client.audience().await.expect("said"), invited(&[], &[]));
    let task = client.create(draft("Pets")).await.expect("created");
    assert_eq!(task.audience, Some(invited(&[], &[])));
    since(&harness, "1 minute").await;
    assert_eq!(client.audience().await.expect("said"), everybody());
    assert_eq!(client.create(draft("More")).await.expect("created").audience, Some(everybody()));
    assert_eq!(client.get(&task.task_id).await.expect("found").audience, task.audience, "once and for all");
}

#[tokio::test]
async fn what_the_account_says_counts_for_new_tasks_that_say_nothing() {
    let harness = Harness::start().await;
    since(&harness, "-1 minute").await;
    let (client, other) = (harness.client(), harness.client());
    assert_eq!(client.audience().await.expect("said"), everybody());
    let mine = invited(&[GROUP], &[]);
    assert_eq!(client.set_my_audience(mine.clone()).await.expect("noted"), mine);
    assert_eq!(client.create(draft("Pets")).await.expect("created").audience, Some(mine.clone()));
    assert_eq!(client.create(open_to(everybody())).await.expect("created").audience, Some(everybody()));
    assert_eq!(client.audience().await.expect("said"), mine);
    assert_eq!(other.audience().await.expect("said"), everybody(), "each account for itself");
    assert_eq!(harness.operator().audience().await.expect_err("has no tasks").reason, Some(Reason::NotAllowed));
}

#[tokio::test]
async fn who_is_named_is_told_with_the_task_and_before_it() {
    let harness = Harness::start().await;
    let client = harness.client();
    let audience = invited(&[GROUP], &[OPERATOR]);
    let task = client.create(open_to(audience.clone())).await.expect("created");
    let told: TaskAudienceChanged = harness.heard().await;
    assert_eq!((told.task_id.as_str(), told.version, told.audience.as_ref()), (&*task.task_id, 1, Some(&audience)));
    let opened = submitted(&harness, &client, &task.task_id).await;
    let spec = opened.spec.expect("a spec");
    assert_eq!((spec.audience, spec.audience_version), (Some(audience), 1));
}

#[tokio::test]
async fn an_audience_changes_on_a_draft_and_on_an_open_task_and_not_later() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(open_to(everybody())).await.expect("created").task_id;
    let changed = client.set_audience(&id, invited(&[GROUP], &[])).await.expect("changed");
    assert_eq!(changed.audience, Some(invited(&[GROUP], &[])));
    let told: TaskAudienceChanged = harness.heard().await;
    assert_eq!(told.version, 2);
    assert_eq!(client.set_audience(&id, invited(&[GROUP], &[])).await.expect("a repeat is harmless"), changed);
    submitted(&harness, &client, &id).await;
    client.set_audience(&id, everybody()).await.expect("changed");
    let told: TaskAudienceChanged = harness.heard().await;
    assert_eq!((told.version, told.audience), (3, Some(everybody())), "the repeat was told to nobody");
    client.cancel(&id).await.expect("cancelled");
    let late = client.set_audience(&id, invited(&[], &[])).await.expect_err("has ended");
    assert_eq!(late.reason, Some(Reason::TaskEnded));
    let stranger = harness.client().set_audience(&id, everybody()).await.expect_err("is not theirs");
    assert_eq!(stranger.reason, Some(Reason::NotFound));
}

#[tokio::test]
async fn an_audience_that_makes_no_sense_is_refused_by_its_field() {
    let harness = Harness::start().await;
    let client = harness.client();
    let refused = async |audience: Audience| {
        let refused = client.create(open_to(audience)).await.expect_err("makes no sense");
        assert_eq!(refused.reason, Some(Reason::FieldInvalid));
        refused.field.unwrap_or_default()
    };
    assert_eq!(
        refused(Audience { kind: AudienceKind::Open.into(), ..invited(&[GROUP], &[]) }).await,
        "audience.group_ids"
    );
    let everybody_and_one = Audience { kind: AudienceKind::Open.into(), ..invited(&[], &[OPERATOR]) };
    assert_eq!(refused(everybody_and_one).await, "audience.operator_ids");
    assert_eq!(refused(Audience::default()).await, "audience.kind");
    assert_eq!(refused(invited(&["me"], &[])).await, "audience.group_ids[0]");
    assert_eq!(refused(invited(&[GROUP, GROUP], &[])).await, "audience.group_ids");
}

#[tokio::test]
async fn a_repeated_create_with_another_audience_is_another_request() {
    let harness = Harness::start().await;
    let client = harness.client();
    let request = CreateTaskRequest { request_id: GROUP.to_owned(), ..open_to(everybody()) };
    let first = client.create(request.clone()).await.expect("created");
    assert_eq!(client.create(request.clone()).await.expect("repeated").task_id, first.task_id);
    let other = CreateTaskRequest { audience: Some(invited(&[], &[])), ..request };
    assert_eq!(client.create(other).await.expect_err("is another").reason, Some(Reason::RequestIdReused));
}
