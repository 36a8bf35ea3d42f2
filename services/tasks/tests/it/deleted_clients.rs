//! What a client has goes with them.

use std::time::Duration;

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{Audience, AudienceKind, TaskCancelled, TaskDeleted, TaskState};
use labelmesh_testkit::until;

use crate::{
    harness::{Client, File, Harness, decided, draft},
    pictures::png,
};

/// Until nothing of deleted clients is left to remove.
async fn removed(harness: &Harness) {
    harness.none_left("SELECT count(*) - 1 FROM deleted_client WHERE removed").await;
}

/// A draft, an open task and a completed one, each with a picture of its own; the ids of their images.
async fn busy(harness: &Harness, client: &Client) -> Vec<String> {
    let draft = client.create(draft("Not yet")).await.expect("created").task_id;
    let picture = File::new("9.png", "image/png", png(9));
    client.upload(&draft, vec![picture]).await.expect("uploaded");
    let (open, _) = harness.open_task(client, 1).await;
    let (ended, images) = harness.open_task(client, 2).await;
    let events: Vec<_> = images.iter().map(|image| decided(&ended, image, "cat")).collect();
    harness.publish_decided(&events).await;
    client.wait_for(&ended.task_id, |progress| progress.state() == TaskState::Completed).await;
    vec![draft, open.task_id, ended.task_id]
}

#[tokio::test]
async fn tasks_pictures_and_what_was_told_of_them_go_whatever_their_state() {
    let harness = Harness::with(|config| config.images.unused_for = Duration::ZERO).await;
    let (client, other) = (harness.client(), harness.client());
    let tasks = busy(&harness, &client).await;
    let (kept, _) = harness.open_task(&other, 1).await;
    client.set_my_audience(Audience { kind: AudienceKind::Invited.into(), ..Audience::default() }).await.expect("set");
    let about = format!("SELECT count(*) FROM mesh.outbox WHERE about = '{}'", client.user_id);
    assert!(harness.number(&about).await >= 3, "opened twice, completed");

    for _ in 0..2 {
        harness.publish_leaving(client.user_id).await;
        removed(&harness).await;
    }
    for task in &tasks {
        assert_eq!(client.get(task).await.expect_err("gone").reason, Some(Reason::NotFound));
        assert_eq!(harness.images_of(task).await, 0);
    }
    let cancelled: TaskCancelled = harness.heard().await;
    assert_eq!(cancelled.task_id, tasks[1], "the open one alone");
    let mut deleted = Vec::new();
    for _ in 0..2 {
        deleted.push(harness.heard::<TaskDeleted>().await.task_id);
    }
    assert!(!deleted.contains(&tasks[0]) && deleted.iter().all(|task| tasks.contains(task)), "{deleted:?}");
    assert_eq!(harness.number(&about).await, 0);
    harness.none_left("SELECT count(*) FROM task WHERE title IN ('Not yet', 'Many')").await;
    for table in ["client_usage", "client_audience"] {
        let left = format!("SELECT count(*) FROM {table} WHERE owner_id = '{}'", client.user_id);
        assert_eq!(harness.number(&left).await, 0, "{table}");
    }
    let object = format!("images/{}", File::new("9.png", "image/png", png(9)).sha256());
    until("the object to go", async || harness.blobs.get(&object).await.expect("an answer").is_none().then_some(()))
        .await;
    assert_eq!(other.get(&kept.task_id).await.expect("another's").state(), TaskState::Open);
}

#[tokio::test]
async fn what_is_asked_for_a_moment_later_creates_nothing() {
    let harness = Harness::start().await;
    let (client, other) = (harness.client(), harness.client());
    harness.publish_leaving(client.user_id).await;
    removed(&harness).await;
    assert_eq!(client.create(draft("Late")).await.expect_err("too late").reason, Some(Reason::NotFound));
    let audience = Audience { kind: AudienceKind::Open.into(), ..Audience::default() };
    assert_eq!(client.set_my_audience(audience).await.expect_err("too late").reason, Some(Reason::NotFound));
    other.create(draft("In time")).await.expect("created");
    harness.clock.advance(TimeDelta::days(31));
    harness.none_left("SELECT count(*) FROM deleted_client").await;
    assert_eq!(harness.dead_letters().await, 0);
}
