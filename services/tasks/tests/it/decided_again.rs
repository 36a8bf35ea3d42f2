//! Decisions that replace others.

use labelmesh_errors::Reason;
use labelmesh_proto::subtasks::v1::SubtaskDecided;
use labelmesh_proto::tasks::v1::{ResultState, TaskState};

use crate::harness::{Harness, decided, undecided};

fn contested(event: SubtaskDecided) -> SubtaskDecided {
    SubtaskDecided { contested: true, ..event }
}

fn version(version: u64, event: SubtaskDecided) -> SubtaskDecided {
    SubtaskDecided { version, ..event }
}

#[tokio::test]
async fn the_highest_version_stands_in_whatever_order_it_comes() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 3).await;
    let id = &task.task_id;
    // The newer one first; both in one batch; one after the other.
    harness.publish_decided(&[version(9, decided(&task, &images[0], "dog"))]).await;
    harness.publish_decided(&[contested(decided(&task, &images[0], "cat"))]).await;
    let both = [version(5, decided(&task, &images[1], "dog")), contested(decided(&task, &images[1], "cat"))];
    harness.publish_decided(&both).await;
    harness.publish_decided(&[contested(decided(&task, &images[2], "cat"))]).await;
    client.wait_for(id, |progress| progress.state() == TaskState::Completed).await;
    harness.publish_decided(&[version(5, decided(&task, &images[2], "dog"))]).await;
    harness.drained().await;
    let done = client.get(id).await.expect("found");
    assert_eq!((done.state(), done.decided, done.contested), (TaskState::Completed, 3, 0));
    let results = client.results(id, 0, "").await.expect("a page").results;
    assert!(results.iter().all(|result| result.label == "dog" && !result.contested));
    // The same once more, and an old one that comes late, change nothing.
    harness.publish_decided(&both).await;
    harness.drained().await;
    assert_eq!(client.get(id).await.expect("found"), done);
    assert_eq!(harness.outbox("tasks.completed").await, 1);
}

#[tokio::test]
async fn a_completed_task_counts_what_was_decided_again() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 2).await;
    let id = &task.task_id;
    client.finish(id).await.expect("finishing");
    harness.publish_decided(&[decided(&task, &images[0], "cat"), undecided(&task, &images[1])]).await;
    let before = client.wait_for(id, |progress| progress.state() == TaskState::Completed).await;
    let ended_at = client.get(id).await.expect("found").ended_at;
    let again = [
        version(5, contested(decided(&task, &images[0], "cat"))),
        version(5, SubtaskDecided { rule: "adjudicated".into(), ..decided(&task, &images[1], "dog") }),
    ];
    harness.publish_decided(&again).await;
    harness.drained().await;
    let done = client.get(id).await.expect("found");
    assert_eq!((done.state(), done.ended_at), (TaskState::Completed, ended_at));
    assert_eq!((done.decided, done.contested, done.undecided), (2, 1, 0));
    let after = client.wait_for(id, |progress| progress.undecided == 0).await;
    assert!(after.version > before.version, "who watches sees it");
    let results = client.results(id, 0, "").await.expect("a page").results;
    assert_eq!((results[1].state(), results[1].rule.as_str()), (ResultState::Decided, "adjudicated"));
    assert_eq!(harness.outbox("tasks.completed").await, 1);
}

#[tokio::test]
async fn what_is_contested_is_listed_alone() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 4).await;
    let id = &task.task_id;
    let events = [0, 2, 3].map(|image| contested(decided(&task, &images[image], "cat")));
    harness.publish_decided(&events).await;
    harness.publish_decided(&[decided(&task, &images[1], "dog")]).await;
    client.wait_for(id, |progress| progress.state() == TaskState::Completed).await;
    let first = client.contested(id, 2, "").await.expect("a page");
    let next = client.contested(id, 2, &first.next_page_token).await.expect("a page");
    let listed: Vec<_> = first.results.iter().chain(&next.results).map(|result| result.image_id.as_str()).collect();
    assert_eq!((listed, next.next_page_token.as_str()), (vec![&*images[0], &*images[2], &*images[3]], ""));
    let stolen = client.results(id, 2, &first.next_page_token).await.expect_err("of another list");
    assert_eq!(stolen.reason, Some(Reason::PageTokenInvalid));
}
