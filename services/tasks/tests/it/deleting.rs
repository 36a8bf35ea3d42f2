//! Deleting tasks, and what becomes of the bytes.

use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{Task, TaskDeleted, TaskState, UploadOutcome};
use labelmesh_testkit::until;

use crate::{
    harness::{Client, File, Harness, decided, draft, undecided},
    pictures::{photo_on_its_side, png},
};

fn picture(number: u32) -> File {
    File::new(&format!("{number}.png"), "image/png", png(number))
}

/// Whether the bytes of a picture are in the store.
async fn is_stored(harness: &Harness, number: u32) -> bool {
    harness.blobs.get(&format!("images/{}", picture(number).sha256())).await.expect("an answer").is_some()
}

async fn upload(client: &Client, task: &str, number: u32) -> UploadOutcome {
    client.upload(task, vec![picture(number)]).await.expect("reported").remove(0).outcome()
}

async fn used(client: &Client) -> [u64; 4] {
    client.usage().await.expect("usage").map(|(used, _)| used)
}

/// Bytes are removed as soon as no image has them.
async fn at_once() -> Harness {
    Harness::with(|config| config.images.unused_for = Duration::ZERO).await
}

async fn completed(harness: &Harness, client: &Client, images: u32) -> Task {
    let (task, ids) = harness.open_task(client, images).await;
    client.finish(&task.task_id).await.expect("finishing");
    let events: Vec<_> = ids.iter().map(|image| undecided(&task, image)).collect();
    harness.publish_decided(&events).await;
    client.wait_for(&task.task_id, |progress| progress.state() == TaskState::Completed).await;
    task
}

#[tokio::test]
async fn a_deleted_task_is_gone_for_everybody_and_its_bytes_with_the_last_image_that_has_them() {
    let harness = at_once().await;
    let client = harness.client();
    let task = completed(&harness, &client, 2).await;
    let other = client.create(draft("Shares a picture")).await.expect("created").task_id;
    assert_eq!(upload(&client, &other, 1).await, UploadOutcome::Added);
    assert_eq!(used(&client).await[..3], [2, 0, 3]);

    let id = &task.task_id;
    client.delete(id).await.expect("deleted");
    assert_eq!(client.get(id).await.expect_err("gone").reason, Some(Reason::NotFound));
    assert_eq!(client.images(id, 0, "").await.expect_err("gone").reason, Some(Reason::NotFound));
    assert_eq!(client.submit(id).await.expect_err("gone").reason, Some(Reason::NotFound));
    for lists in [&client, &harness.administrator()] {
        let left = lists.list(0, "").await.expect("a list").tasks;
        assert_eq!(left.iter().map(|task| &task.task_id).collect::<Vec<_>>(), [&other]);
    }
    let event: TaskDeleted = harness.heard().await;
    assert_eq!((&event.task_id, &event.owner_id), (id, &task.owner_id));

    until("the first picture's object to go", async || (!is_stored(&harness, 0).await).then_some(())).await;
    assert!(is_stored(&harness, 1).await, "another task has it");
    assert_eq!(harness.images_of(id).await, 0);
    assert_eq!(harness.number(&format!("SELECT count(*) FROM decision WHERE task_id = '{id}'")).await, 0);
    assert_eq!(harness.number(&format!("SELECT count(*) FROM task WHERE id = '{id}' AND title <> ''")).await, 0);
    assert_eq!(used(&client).await, [1, 0, 1, png(1).len() as u64]);

    // The same bytes come again, and are there again. While they are being removed, whoever brings them has to wait.
    until("the removal to end", async || {
        (harness.number("SELECT count(*) FROM unused_content WHERE state = 'going'").await == 0).then_some(())
    })
    .await;
    assert_eq!(upload(&client, &other, 0).await, UploadOutcome::Added);
    assert!(is_stored(&harness, 0).await);
    // What is still heard of a deleted task is no dead letter.
    harness.publish_decided(&[decided(&task, &uuid::Uuid::nil().to_string(), "cat")]).await;
    harness.drained().await;
    assert_eq!(harness.dead_letters().await, 0);
}

#[tokio::test]
async fn who_owns_a_task_deletes_it_and_administrators_and_a_repeat_is_harmless() {
    let harness = Harness::start().await;
    let (client, stranger) = (harness.client(), harness.client());
    let (task, _) = harness.open_task(&client, 1).await;
    let id = &task.task_id;
    assert_eq!(client.delete(id).await.expect_err("it is open").reason, Some(Reason::TaskOpen));
    client.cancel(id).await.expect("cancelled");
    for _ in 0..2 {
        assert_eq!(stranger.delete(id).await.expect_err("another's").reason, Some(Reason::NotFound));
        assert_eq!(harness.operator().delete(id).await.expect_err("no client").reason, Some(Reason::NotAllowed));
        let deleted = join_all((0..4).map(|_| client.delete(id))).await;
        assert!(deleted.iter().all(Result::is_ok), "{deleted:?}");
    }
    assert_eq!(harness.outbox("tasks.deleted").await, 1);

    let id = client.create(draft("Never mind")).await.expect("created").task_id;
    assert_eq!(upload(&client, &id, 3).await, UploadOutcome::Added);
    harness.administrator().delete(&id).await.expect("deleted");
    assert_eq!(client.upload(&id, vec![picture(4)]).await.expect_err("gone").reason, Some(Reason::NotFound));
    harness.none_left("SELECT count(*) FROM image").await;
    assert_eq!(harness.outbox("tasks.deleted").await, 1, "nobody has heard of a draft");
    assert_eq!(used(&client).await, [0; 4]);

    harness.clock.advance(TimeDelta::days(31));
    harness.none_left("SELECT count(*) FROM task").await;
    let administrator = harness.administrator();
    assert_eq!(administrator.delete(&id).await.expect_err("long forgotten").reason, Some(Reason::NotFound));
}

#[tokio::test]
async fn bytes_stay_for_a_day_after_the_last_image_that_had_them() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    assert_eq!(upload(&client, &id, 7).await, UploadOutcome::Added);
    client.delete(&id).await.expect("deleted");
    harness.none_left("SELECT count(*) FROM image").await;
    assert_eq!(harness.number("SELECT count(*) FROM unused_content WHERE state = 'waits'").await, 1);
    assert!(is_stored(&harness, 7).await);
    // Whoever brings them back meanwhile finds them.
    let id = client.create(draft("Again")).await.expect("created").task_id;
    assert_eq!(upload(&client, &id, 7).await, UploadOutcome::Added);
    harness.none_left("SELECT count(*) FROM unused_content").await;
    client.delete(&id).await.expect("deleted");
    harness.none_left("SELECT count(*) FROM image").await;
    harness.clock.advance(TimeDelta::days(1));
    until("the object to go", async || (!is_stored(&harness, 7).await).then_some(())).await;
}

/// As a replica leaves it that was killed, before or after the store has removed the object.
async fn killed(harness: &Harness, number: u32, state: &str, ago: TimeDelta) {
    let (hash, since) = (picture(number).sha256(), harness.clock.now() - ago);
    let since = since.to_rfc3339();
    harness
        .execute(&format!("INSERT INTO unused_content VALUES (decode('{hash}', 'hex'), '{state}', '{since}')"))
        .await;
}

#[tokio::test]
async fn what_a_killed_replica_has_begun_to_remove_another_removes() {
    let harness = at_once().await;
    for (number, is_there) in [(0, true), (1, false)] {
        if is_there {
            let key = format!("images/{}", picture(number).sha256());
            harness.blobs.put_if_absent(&key, png(number).into(), "image/png").await.expect("a put");
        }
        killed(&harness, number, "going", TimeDelta::minutes(3)).await;
    }
    harness.none_left("SELECT count(*) FROM unused_content WHERE state <> 'gone'").await;
    assert!(!is_stored(&harness, 0).await);
    harness.clock.advance(TimeDelta::days(2));
    harness.none_left("SELECT count(*) FROM unused_content").await;
}

#[tokio::test]
async fn bytes_that_are_removed_under_an_upload_are_written_again() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    // Removed between the upload's writing of them and its row; or by somebody who was killed a while ago.
    killed(&harness, 7, "gone", TimeDelta::zero()).await;
    killed(&harness, 8, "going", TimeDelta::minutes(3)).await;
    for number in [7, 8] {
        assert_eq!(upload(&client, &id, number).await, UploadOutcome::Added);
        assert!(is_stored(&harness, number).await);
    }
    // Just now: nobody can say what becomes of the object.
    killed(&harness, 9, "going", TimeDelta::seconds(1)).await;
    let refused = client.upload(&id, vec![picture(9)]).await.expect_err("it is being removed");
    assert_eq!(refused.reason, Some(Reason::Unavailable));
    assert_eq!(harness.images_of(&id).await, 2);
}

#[tokio::test]
async fn uploads_and_deletions_of_the_same_bytes_at_once_lose_none() {
    let harness = at_once().await;
    let client = harness.client();
    let replica = harness.replica().await;
    let other = client.at(&replica);
    let owner = |round: usize| if round.is_multiple_of(2) { &client } else { &other };
    let lives = (0..8).map(|round| async move {
        let id = owner(round).create(draft("Comes and goes")).await.expect("created").task_id;
        for number in 0..4 {
            // What is being removed at this moment is UNAVAILABLE, and comes with a repeat.
            until("the picture", async || owner(round).upload(&id, vec![picture(number)]).await.ok()).await;
        }
        if round < 6 {
            owner(round).delete(&id).await.expect("deleted");
        }
    });
    join_all(lives).await;
    harness.none_left("SELECT count(*) FROM unused_content WHERE state = 'waits'").await;
    assert_eq!(harness.number("SELECT count(*) FROM image").await, 8);
    for number in 0..4 {
        assert!(is_stored(&harness, number).await, "two tasks have it");
    }
    replica.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn a_file_that_is_refused_in_the_end_leaves_no_bytes() {
    let harness = at_once().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    // The same name with other bytes, all at once: one is added.
    let calls = (0..6).map(|number| client.upload(&id, vec![File::new("same.png", "image/png", png(number))]));
    join_all(calls).await;
    harness.none_left("SELECT count(*) FROM unused_content WHERE state <> 'gone'").await;
    let mut stored = 0;
    for number in 0..6 {
        stored += u32::from(is_stored(&harness, number).await);
    }
    assert_eq!((stored, harness.images_of(&id).await), (1, 1));
}

#[tokio::test]
async fn what_is_made_of_a_file_goes_with_it() {
    let harness = at_once().await;
    let client = harness.client();
    let task = client.create(draft("Photos")).await.expect("created").task_id;
    let photo = File::new("photo.jpg", "image/jpeg", photo_on_its_side(1, 2_400, 1_200));
    let keys = ["images", "renditions/operator/1", "renditions/thumbnail/1"]
        .map(|prefix| format!("{prefix}/{}", photo.sha256()));
    let stored = async || {
        let objects = join_all(keys.iter().map(|key| harness.blobs.get(key))).await;
        objects.into_iter().filter(|object| object.as_ref().expect("an answer").is_some()).count()
    };
    client.upload(&task, vec![photo.clone()]).await.expect("uploaded");
    assert_eq!(stored().await, 3);
    let rendition = harness.blobs.get(&keys[1]).await.expect("an answer").expect("an object");
    let seen = image::load_from_memory(&rendition.bytes().await.expect("its bytes")).expect("a picture");
    assert_eq!((seen.width(), seen.height()), (800, 1_600), "upright, and no larger than a screen");
    client.delete(&task).await.expect("deleted");
    until("all objects to go", async || (stored().await == 0).then_some(())).await;
}
