//! What is told to the others, and what is made of what they tell.

use std::collections::BTreeSet;

use labelmesh_proto::tasks::v1::{Policy, TaskCancelled, TaskCompleted, TaskImagesAdded, TaskOpened, TaskState};

use crate::{
    harness::{File, Harness, decided, draft},
    pictures::{photo_on_its_side, png},
};

#[tokio::test]
async fn a_submission_is_announced_in_batches_of_500_that_need_nothing_else() {
    let harness = Harness::start().await;
    let client = harness.client();
    let task = harness.draft_with_rows(&client, 1_201).await;
    let task = client.submit(&task).await.expect("submitted");
    assert_eq!(task.images, 1_201);
    let opened: TaskOpened = harness.heard().await;
    let spec = opened.spec.expect("complete");
    assert_eq!(
        (opened.task_id.as_str(), spec.images, spec.owner_id.as_str()),
        (task.task_id.as_str(), 1_201, task.owner_id.as_str())
    );
    assert_eq!(
        spec.policy,
        Some(Policy { redundancy: 3, max_votes: 5, gold_share: 0.1, gold_accuracy: 0.7, ..Policy::default() })
    );
    let (mut sizes, mut ids) = (Vec::new(), BTreeSet::new());
    for _ in 0..3 {
        let event: TaskImagesAdded = harness.heard().await;
        assert_eq!(event.spec.as_ref(), Some(&spec));
        assert!(event.version >= opened.version);
        sizes.push(event.images.len());
        for image in event.images {
            assert!(image.blob_key.starts_with("images/") && image.media_type == "image/png");
            ids.insert(image.image_id);
        }
    }
    sizes.sort_unstable();
    assert_eq!((sizes, ids.len()), (vec![201, 500, 500], 1_201));
    harness.none_left("SELECT count(*) FROM announcement").await;
}

#[tokio::test]
async fn announcing_goes_on_where_a_replica_that_died_left_off() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = harness.draft_with_rows(&client, 700).await;
    client.submit(&id).await.expect("submitted");
    let _: TaskImagesAdded = harness.heard().await;
    let _: TaskImagesAdded = harness.heard().await;
    harness.none_left("SELECT count(*) FROM announcement").await;
    // As if it had died after the first batch: no one wakes the worker, a sweep finds the rest.
    harness
        .execute(
            "INSERT INTO announcement (task_id, after_pos)
             SELECT task_id, pos FROM image ORDER BY pos LIMIT 1 OFFSET 499",
        )
        .await;
    let rest: TaskImagesAdded = harness.heard().await;
    assert_eq!(rest.images.len(), 200);
}

#[tokio::test]
async fn the_end_of_a_task_is_told_once_with_its_numbers() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 2).await;
    let both = [decided(&task, &images[0], "cat"), decided(&task, &images[1], "dog")];
    // Twice, as a broker may deliver.
    harness.publish_decided(&[both.clone(), both].concat()).await;
    let completed: TaskCompleted = harness.heard().await;
    assert_eq!((completed.task_id, completed.owner_id, completed.title), (task.task_id, task.owner_id, task.title));
    assert_eq!((completed.images, completed.decided, completed.undecided), (2, 2, 0));
    harness.drained().await;
    assert_eq!(harness.outbox("tasks.completed").await, 1);
}

#[tokio::test]
async fn nobody_hears_of_a_draft() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(crate::harness::draft("Pets")).await.expect("created").task_id;
    client.cancel(&id).await.expect("cancelled");
    // But for the audit record.
    assert_eq!(harness.number("SELECT count(*) FROM mesh.outbox WHERE subject <> 'tasks.acted'").await, 0);
    let (task, _) = harness.open_task(&client, 1).await;
    client.cancel(&task.task_id).await.expect("cancelled");
    let cancelled: TaskCancelled = harness.heard().await;
    assert_eq!(cancelled.task_id, task.task_id);
}

#[tokio::test]
async fn a_decision_about_no_image_is_parked_and_holds_up_no_other() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 1).await;
    let (_, foreign) = harness.open_task(&client, 1).await;
    let stranger = decided(&task, "0199d0a8-1111-7000-8000-000000000003", "cat");
    let misplaced = decided(&task, &foreign[0], "cat");
    let nonsense = decided(&task, "not an id", "cat");
    harness.publish_decided(&[stranger, nonsense, misplaced, decided(&task, &images[0], "cat")]).await;
    client.wait_for(&task.task_id, |progress| progress.state() == TaskState::Completed).await;
    harness.drained().await;
    assert_eq!(harness.number("SELECT count(*) FROM decision").await, 1);
    assert_eq!(harness.dead_letters().await, 3);
}

#[tokio::test]
async fn operators_get_what_can_be_seen_upright_and_the_owner_keeps_the_file() {
    let harness = Harness::start().await;
    let client = harness.client();
    let task = client.create(draft("Pets")).await.expect("created").task_id;
    let (photo, drawing) = (photo_on_its_side(1, 48, 32), png(2));
    let files =
        [File::new("photo.jpg", "image/jpeg", photo.clone()), File::new("drawing.png", "image/png", drawing.clone())];
    client.upload(&task, files.to_vec()).await.expect("uploaded");
    let listed = client.images(&task, 0, "").await.expect("a list").images;
    assert_eq!((listed[0].width, listed[0].height), (32, 48));
    client.submit(&task).await.expect("submitted");
    let _: TaskOpened = harness.heard().await;
    let event: TaskImagesAdded = harness.heard().await;
    let object = async |key: String| {
        let object = harness.blobs.get(&key).await.expect("S3").expect("an object");
        (object.media_type.clone(), object.bytes().await.expect("its bytes"))
    };
    let [seen, same] = &event.images[..] else { panic!("{event:?}") };
    let (media_type, bytes) = object(seen.blob_key.clone()).await;
    let upright = image::load_from_memory(&bytes).expect("decodes");
    assert_eq!((media_type.as_str(), upright.width(), upright.height()), ("image/jpeg", 32, 48));
    assert!(!bytes.windows(4).any(|window| window == b"Exif"));
    assert_eq!(object(same.blob_key.clone()).await.1, drawing);
    assert_eq!(object(format!("images/{}", listed[0].sha256)).await.1, photo);
}
