//! Streams of states.

use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::TaskState;

use crate::{
    harness::{File, Harness, decided, draft},
    pictures::png,
};

#[tokio::test]
async fn a_watcher_sees_the_present_state_then_each_change_until_the_end() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    client.upload(&id, vec![File::new("1", "", png(1))]).await.expect("uploaded");
    let mut states = client.watch(&id, 0).await.expect("a stream");
    let first = states.next().await.expect("a state").expect("the present one");
    assert_eq!((first.state(), first.images), (TaskState::Draft, 1));
    let task = client.submit(&id).await.expect("submitted");
    let second = states.next().await.expect("a state").expect("the change");
    assert_eq!(second.state(), TaskState::Open);
    assert!(second.version > first.version);
    let image = client.images(&id, 0, "").await.expect("a list").images.remove(0).image_id;
    harness.publish_decided(&[decided(&task, &image, "cat")]).await;
    let last = states.next().await.expect("a state").expect("the end");
    assert_eq!((last.state(), last.decided), (TaskState::Completed, 1));
    assert!(states.next().await.is_none());
}

#[tokio::test]
async fn whoever_comes_back_gets_what_is_newer_at_any_replica() {
    let harness = Harness::start().await;
    let other = harness.replica().await;
    let client = harness.client();
    let (task, _) = harness.open_task(&client, 1).await;
    let mut states = client.watch(&task.task_id, 0).await.expect("a stream");
    let seen = states.next().await.expect("a state").expect("the present one").version;
    let elsewhere = client.at(&other);
    let mut resumed = elsewhere.watch(&task.task_id, seen).await.expect("a stream");
    // A change that one replica makes reaches the watchers of the other.
    client.finish(&task.task_id).await.expect("finishing");
    let next = resumed.next().await.expect("a state").expect("the newer one");
    assert!(next.version > seen);
    client.cancel(&task.task_id).await.expect("cancelled");
    let end = resumed.next().await.expect("a state").expect("the end");
    assert_eq!(end.state(), TaskState::Cancelled);
    let mut nothing = elsewhere.watch(&task.task_id, end.version).await.expect("a stream");
    assert!(nothing.next().await.is_none(), "the end was seen");
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, _) = harness.open_task(&client, 1).await;
    let mut states = client.watch(&task.task_id, 0).await.expect("a stream");
    states.next().await.expect("a state").expect("the present one");
    harness.stop().await;
    let end = states.next().await.expect("an end").expect_err("not the task's");
    assert_eq!(end.reason, Some(Reason::Unavailable));
}

#[tokio::test]
async fn many_changes_come_as_few_states_and_the_last_is_the_end() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 40).await;
    let mut states = client.watch(&task.task_id, 0).await.expect("a stream");
    let started = tokio::time::Instant::now();
    let decide = async {
        for image in &images {
            harness.publish_decided(&[decided(&task, image, "cat")]).await;
        }
    };
    let watch = async {
        let mut seen = Vec::new();
        while let Some(state) = states.next().await {
            seen.push(state.expect("a state"));
        }
        seen
    };
    let ((), seen) = tokio::join!(decide, watch);
    assert_eq!(seen.last().map(|state| (state.state(), state.decided)), Some((TaskState::Completed, 40)));
    assert!(seen.is_sorted_by(|one, next| one.version < next.version && one.decided <= next.decided));
    // One at once, then five a second.
    let most = 1 + started.elapsed().as_millis() / 200;
    assert!(seen.len() as u128 <= most, "{} states, at most {most} were due", seen.len());
}
