//! Images whose label is known.

use std::collections::BTreeSet;

use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{CreateTaskRequest, GoldUse, Policy, TaskImagesAdded, TaskOpened};

use crate::harness::{Client, Harness, draft};

/// A draft of three images, with what an operator must have labeled right, and the ids of its images.
async fn three_images(harness: &Harness, client: &Client, qualification: u32) -> (String, Vec<String>) {
    some_images(harness, client, qualification, 3).await
}

/// The same of so many images.
async fn some_images(harness: &Harness, client: &Client, qualification: u32, images: u32) -> (String, Vec<String>) {
    let policy = Some(Policy { redundancy: 2, gold_share: 0.25, qualification, ..Policy::default() });
    let task = client.create(CreateTaskRequest { policy, ..draft("Pets") }).await.expect("created").task_id;
    harness
        .execute(&format!(
            "INSERT INTO image (id, task_id, name, media_type, size_bytes, sha256, width, height, uploaded_at)
             SELECT gen_random_uuid(), '{task}', 'image ' || n, 'image/png', 1, sha256(n::text::bytea), 1, 1, '2026-11-25'
             FROM generate_series(1, {images}) AS n"
        ))
        .await;
    harness.execute(&format!("INSERT INTO image_count (task_id, piece, images) VALUES ('{task}', 0, {images})")).await;
    let images = client.images(&task, 0, "").await.expect("a list").images;
    (task, images.into_iter().map(|image| image.image_id).collect())
}

#[tokio::test]
async fn known_labels_are_set_taken_back_and_announced_with_their_images() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, ids) = three_images(&harness, &client, 1).await;
    assert_eq!(client.set_gold(&task, &[(&ids[0], "cat"), (&ids[1], "dog")]).await.expect("set"), 2);
    // Again is harmless; another label replaces, an empty one takes back.
    assert_eq!(client.set_gold(&task, &[(&ids[0], "dog"), (&ids[1], "")]).await.expect("set"), 1);
    let labels: Vec<_> =
        client.images(&task, 0, "").await.expect("a list").images.into_iter().map(|image| image.gold_label).collect();
    assert_eq!(labels, ["dog", "", ""]);
    client.submit(&task).await.expect("submitted");
    let opened: TaskOpened = harness.heard().await;
    let policy = opened.spec.and_then(|spec| spec.policy).expect("complete");
    assert_eq!((policy.gold_share, policy.gold_accuracy, policy.qualification), (0.25, 0.7, 1));
    let added: TaskImagesAdded = harness.heard().await;
    let announced: Vec<_> = added.images.iter().map(|image| (&image.image_id, image.gold_label.as_str())).collect();
    assert_eq!(announced, [(&ids[0], "dog"), (&ids[1], ""), (&ids[2], "")]);
    let refused = client.set_gold(&task, &[(&ids[0], "cat")]).await.expect_err("it is open");
    assert_eq!(refused.reason, Some(Reason::TaskNotDraft));
}

#[tokio::test]
async fn what_is_for_the_qualification_is_drawn_once_by_chance() {
    let harness = Harness::start().await;
    let client = harness.client();
    let mut drawn = BTreeSet::new();
    for _ in 0..2 {
        // The images of both have the same order.
        let (task, ids) = some_images(&harness, &client, 4, 30).await;
        let gold: Vec<_> = ids[..20].iter().map(|id| (id.as_str(), "cat")).collect();
        client.set_gold(&task, &gold).await.expect("set");
        client.submit(&task).await.expect("submitted");
        client.submit(&task).await.expect("again is harmless");
        let added: TaskImagesAdded = harness.heard().await;
        let uses: Vec<GoldUse> = added.images.iter().map(|image| image.gold_use()).collect();
        let qualifying: Vec<usize> = (0..20).filter(|&place| uses[place] == GoldUse::Qualification).collect();
        assert_eq!(qualifying.len(), 6, "half as many again");
        let control = uses.iter().filter(|&&used| used == GoldUse::Control).count();
        assert_eq!((control, &uses[20..]), (14, &[GoldUse::Unspecified; 10][..]));
        drawn.insert(qualifying);
    }
    assert_eq!(drawn.len(), 2, "by chance: there are 38,760 ways");
}

#[tokio::test]
async fn a_call_that_makes_no_sense_sets_nothing() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, ids) = three_images(&harness, &client, 0).await;
    let (_, others) = three_images(&harness, &client, 0).await;
    let refused = client.set_gold(&task, &[(&ids[0], "cat"), (&others[0], "cat")]).await.expect_err("a stranger");
    assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some("gold[1].image_id")));
    let refused = client.set_gold(&task, &[(&ids[0], "cat"), (&ids[0], "dog")]).await.expect_err("twice");
    assert_eq!(refused.field.as_deref(), Some("gold[1].image_id"));
    let refused = client.set_gold(&task, &[(&ids[0], "owl")]).await.expect_err("no label");
    assert_eq!(refused.reason, Some(Reason::LabelUnknown));
    let refused = harness.client().set_gold(&task, &[(&ids[0], "cat")]).await.expect_err("foreign");
    assert_eq!(refused.reason, Some(Reason::NotFound));
    let refused = harness.operator().set_gold(&task, &[(&ids[0], "cat")]).await.expect_err("an operator");
    assert_eq!(refused.reason, Some(Reason::NotAllowed));
    harness.none_left("SELECT count(*) FROM image WHERE gold_label IS NOT NULL").await;
}

#[tokio::test]
async fn a_task_needs_images_to_decide_and_gold_for_its_qualification() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, ids) = three_images(&harness, &client, 2).await;
    client.set_gold(&task, &[(&ids[0], "cat")]).await.expect("set");
    let refused = client.submit(&task).await.expect_err("one is less than two");
    assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some("policy.qualification")));
    client.set_gold(&task, &[(&ids[1], "cat"), (&ids[2], "cat")]).await.expect("set");
    let refused = client.submit(&task).await.expect_err("nothing is left to decide");
    assert_eq!(refused.reason, Some(Reason::TaskWithoutImages));
    client.set_gold(&task, &[(&ids[2], "")]).await.expect("set");
    client.submit(&task).await.expect("submitted");
}

#[tokio::test]
async fn rules_for_gold_are_checked_with_the_task() {
    let harness = Harness::start().await;
    let client = harness.client();
    let policy = |gold_share, gold_accuracy, qualification| {
        Some(Policy { redundancy: 2, gold_share, gold_accuracy, qualification, ..Policy::default() })
    };
    for (field, policy) in [
        ("policy.gold_share", policy(0.6, 0.0, 0)),
        ("policy.gold_accuracy", policy(0.0, 1.0, 0)),
        ("policy.qualification", policy(0.0, 0.0, 101)),
    ] {
        let refused = client.create(CreateTaskRequest { policy, ..draft("Pets") }).await.expect_err(field);
        assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some(field)));
    }
}
