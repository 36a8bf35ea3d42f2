//! From draft to the end, and the races on the way.

use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{TaskState, UploadOutcome};

use crate::{
    harness::{File, Harness, decided, draft, undecided},
    pictures::png,
};

#[tokio::test]
async fn a_task_is_complete_when_every_image_is_decided() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 3).await;
    assert_eq!((task.state(), task.images), (TaskState::Open, 3));
    harness.publish_decided(&[decided(&task, &images[0], "cat"), decided(&task, &images[1], "dog")]).await;
    client.wait_for(&task.task_id, |progress| progress.decided == 2).await;
    harness.publish_decided(&[decided(&task, &images[2], "cat")]).await;
    client.wait_for(&task.task_id, |progress| progress.state() == TaskState::Completed).await;
    let done = client.get(&task.task_id).await.expect("found");
    assert_eq!((done.decided, done.contested, done.undecided), (3, 0, 0));
    assert!(done.ended_at.is_some());
}

#[tokio::test]
async fn a_draft_without_images_is_not_submitted() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    assert_eq!(client.submit(&id).await.expect_err("empty").reason, Some(Reason::TaskWithoutImages));
    assert_eq!(client.finish(&id).await.expect_err("a draft").reason, Some(Reason::TaskNotOpen));
    let cancelled = client.cancel(&id).await.expect("cancelled");
    assert_eq!((cancelled.state(), cancelled.submitted_at), (TaskState::Cancelled, None));
    assert_eq!(client.submit(&id).await.expect_err("cancelled").reason, Some(Reason::TaskEnded));
}

#[tokio::test]
async fn repeats_answer_with_the_task_as_it_is() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, _) = harness.open_task(&client, 1).await;
    let id = &task.task_id;
    assert_eq!(client.submit(id).await.expect("a repeat"), task);
    let finishing = client.finish(id).await.expect("finishing");
    assert!(finishing.finishing && finishing.state() == TaskState::Open);
    assert_eq!(client.finish(id).await.expect("a repeat"), finishing);
    let cancelled = client.cancel(id).await.expect("cancelled");
    assert_eq!(client.cancel(id).await.expect("a repeat"), cancelled);
    assert_eq!(client.finish(id).await.expect_err("cancelled").reason, Some(Reason::TaskEnded));
}

#[tokio::test]
async fn a_finished_task_reports_what_had_no_votes_as_undecided() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 3).await;
    client.finish(&task.task_id).await.expect("finishing");
    let mut tied = decided(&task, &images[0], "cat");
    tied.contested = true;
    harness.publish_decided(&[tied, undecided(&task, &images[1]), undecided(&task, &images[2])]).await;
    client.wait_for(&task.task_id, |progress| progress.state() == TaskState::Completed).await;
    let done = client.get(&task.task_id).await.expect("found");
    assert_eq!((done.decided, done.contested, done.undecided), (1, 1, 2));
    assert_eq!(client.finish(&task.task_id).await.expect("a repeat"), done);
    assert_eq!(client.cancel(&task.task_id).await.expect_err("completed").reason, Some(Reason::TaskEnded));
}

#[tokio::test]
async fn a_cancelled_task_keeps_its_results_as_they_were() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 2).await;
    let (other, others) = harness.open_task(&client, 1).await;
    harness.publish_decided(&[decided(&task, &images[0], "cat")]).await;
    client.wait_for(&task.task_id, |progress| progress.decided == 1).await;
    client.cancel(&task.task_id).await.expect("cancelled");
    // In one batch with a decision that counts, so that its effect shows that the other was seen.
    harness.publish_decided(&[decided(&task, &images[1], "dog"), decided(&other, &others[0], "dog")]).await;
    client.wait_for(&other.task_id, |progress| progress.state() == TaskState::Completed).await;
    harness.drained().await;
    let task = client.get(&task.task_id).await.expect("found");
    assert_eq!((task.state(), task.decided, task.images), (TaskState::Cancelled, 1, 2));
    assert_eq!(harness.number("SELECT count(*) FROM decision").await, 2);
}

#[tokio::test]
async fn submission_and_uploads_at_once_lose_nothing_that_was_reported() {
    let harness = Harness::start().await;
    let client = harness.client();
    for round in 0..4 {
        let id = client.create(draft("Pets")).await.expect("created").task_id;
        client.upload(&id, vec![File::new("first", "", png(1_000_000))]).await.expect("uploaded");
        let uploads = join_all((0..4).map(|call| {
            let files = (0..10).map(|n| File::new(&format!("{call}-{n}"), "", png(round * 1_000 + call * 10 + n)));
            client.send(files.flat_map(|file| file.messages(&id)).collect::<Vec<_>>())
        }));
        let (uploads, submitted) = tokio::join!(uploads, client.submit(&id));
        let mut added = 1;
        for (reports, end) in uploads {
            added += reports.iter().filter(|report| report.outcome() == UploadOutcome::Added).count() as u64;
            if let Err(error) = end {
                assert_eq!(error.reason, Some(Reason::TaskNotDraft));
            }
        }
        let submitted = submitted.expect("submitted");
        assert_eq!(submitted.images, harness.images_of(&id).await, "every row was counted");
        // A report that was lost when its call ended is no promise; a report is.
        assert!(submitted.images >= added, "{added} were reported, {} counted", submitted.images);
    }
}

#[tokio::test]
async fn finish_and_the_last_decision_at_once_end_in_one_completion() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 1).await;
    let events = [decided(&task, &images[0], "cat")];
    let (finished, ()) = tokio::join!(client.finish(&task.task_id), harness.publish_decided(&events));
    if let Err(error) = finished {
        assert_eq!(error.reason, Some(Reason::TaskEnded));
    }
    client.wait_for(&task.task_id, |progress| progress.state() == TaskState::Completed).await;
    assert_eq!(harness.outbox("tasks.completed").await, 1);
}

#[tokio::test]
async fn cancel_and_the_last_decision_at_once_end_in_one_or_the_other() {
    let harness = Harness::start().await;
    let client = harness.client();
    for _ in 0..6 {
        let (task, images) = harness.open_task(&client, 1).await;
        let events = [decided(&task, &images[0], "cat")];
        let (cancelled, ()) = tokio::join!(client.cancel(&task.task_id), harness.publish_decided(&events));
        harness.drained().await;
        let end = client.wait_for(&task.task_id, |progress| progress.state() != TaskState::Open).await;
        match cancelled {
            Ok(task) => assert_eq!((task.state(), end.state()), (TaskState::Cancelled, TaskState::Cancelled)),
            Err(error) => {
                assert_eq!((error.reason, end.state()), (Some(Reason::TaskEnded), TaskState::Completed));
            }
        }
    }
    let ends = harness.outbox("tasks.completed").await + harness.outbox("tasks.cancelled").await;
    assert_eq!(ends, 6);
}
