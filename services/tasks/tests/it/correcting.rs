//! Correcting drafts.

use std::time::Duration;

use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{Policy, TaskState, UpdateTaskRequest, UploadOutcome};
use labelmesh_testkit::until;
use prost_types::FieldMask;

use crate::{
    harness::{File, Harness, draft},
    pictures::png,
};

fn named(task_id: &str, paths: &[&str]) -> UpdateTaskRequest {
    let paths = paths.iter().map(ToString::to_string).collect();
    UpdateTaskRequest {
        task_id: task_id.to_owned(),
        update_mask: Some(FieldMask { paths }),
        ..UpdateTaskRequest::default()
    }
}

fn labels(labels: &[&str]) -> Vec<String> {
    labels.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_a_draft_says_is_changed_field_by_field() {
    let harness = Harness::start().await;
    let client = harness.client();
    let before = client.create(draft("Pest")).await.expect("created");
    let id = &before.task_id;
    let after = client.update(UpdateTaskRequest { title: Some("Pets".to_owned()), ..named(id, &["title"]) }).await;
    let after = after.expect("changed");
    assert_eq!((after.title.as_str(), &after.labels, &after.policy), ("Pets", &before.labels, &before.policy));
    // Without a mask, what is given.
    let policy = Policy { redundancy: 5, ..Policy::default() };
    let given = UpdateTaskRequest {
        task_id: id.clone(),
        instructions: Some("Look at the ears.".to_owned()),
        labels: labels(&["cat", "dog", "owl"]),
        policy: Some(policy),
        ..UpdateTaskRequest::default()
    };
    let after = client.update(given.clone()).await.expect("changed");
    assert_eq!(
        (after.title.as_str(), after.labels.len(), after.instructions.as_str()),
        ("Pets", 3, "Look at the ears.")
    );
    assert_eq!(after.policy.as_ref().map(|policy| policy.redundancy), Some(5));
    assert_eq!(client.update(given).await.expect("a repeat"), after);
    // What is named and not given becomes empty, where that may be.
    assert_eq!(client.update(named(id, &["instructions"])).await.expect("changed").instructions, "");
    for (request, field) in [
        (named(id, &["title"]), "title"),
        (named(id, &["labels"]), "labels"),
        (named(id, &["policy"]), "policy"),
        (named(id, &["owner_id"]), "update_mask"),
        (UpdateTaskRequest { labels: labels(&["cat", "c\u{200b}at"]), ..named(id, &["labels"]) }, "labels[1]"),
        (UpdateTaskRequest { title: Some("\u{feff}Pets".to_owned()), ..named(id, &["title"]) }, "title"),
    ] {
        let refused = client.update(request.clone()).await.expect_err("refused");
        assert_eq!(
            (refused.reason, refused.field.as_deref()),
            (Some(Reason::FieldInvalid), Some(field)),
            "{request:?}"
        );
    }
    let stranger = harness.client();
    let refused = stranger.update(named(id, &["instructions"])).await.expect_err("not theirs");
    assert_eq!(refused.reason, Some(Reason::NotFound));
    assert_eq!(client.get(id).await.expect("found").title, "Pets");
}

#[tokio::test]
async fn no_gold_image_is_left_with_a_label_that_there_is_not() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    client.upload(&id, vec![File::new("1.png", "image/png", png(1))]).await.expect("uploaded");
    let image = client.images(&id, 0, "").await.expect("a list").images.remove(0).image_id;
    client.set_gold(&id, &[(&image, "dog")]).await.expect("set");
    let others = UpdateTaskRequest { labels: labels(&["cat", "owl"]), ..named(&id, &["labels"]) };
    let refused = client.update(others.clone()).await.expect_err("refused");
    assert_eq!(refused.reason, Some(Reason::LabelUnknown));
    client.set_gold(&id, &[(&image, "cat")]).await.expect("set");
    assert_eq!(client.update(others).await.expect("changed").labels, ["cat", "owl"]);
}

#[tokio::test]
async fn an_image_is_taken_out_of_a_draft_and_can_come_again() {
    let harness = Harness::with(|config| config.images.unused_for = Duration::ZERO).await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let file = |number: u32| File::new(&format!("{number}.png"), "image/png", png(number));
    client.upload(&id, vec![file(1), file(2)]).await.expect("uploaded");
    let images = client.images(&id, 0, "").await.expect("a list").images;
    let image = &images[0].image_id;
    let stranger = harness.client();
    assert_eq!(stranger.delete_image(&id, image).await.expect_err("not theirs").reason, Some(Reason::NotFound));
    let used = || async { client.usage().await.expect("usage").map(|(used, _)| used) };
    let [_, _, images_before, bytes_before] = used().await;
    for _ in 0..2 {
        client.delete_image(&id, image).await.expect("gone, also the second time");
    }
    assert_eq!(client.get(&id).await.expect("found").images, 1);
    let [_, _, images_after, bytes_after] = used().await;
    assert_eq!((images_before - images_after, bytes_before - bytes_after), (1, file(1).bytes.len() as u64));
    let key = format!("images/{}", file(1).sha256());
    until("its bytes are gone", async || harness.blobs.get(&key).await.expect("an answer").is_none().then_some(()))
        .await;
    until("the removal to end", async || {
        (harness.number("SELECT count(*) FROM unused_content WHERE state = 'going'").await == 0).then_some(())
    })
    .await;
    let again = client.upload(&id, vec![file(1)]).await.expect("uploaded").remove(0);
    assert_eq!(again.outcome(), UploadOutcome::Added);
    assert!(harness.blobs.get(&key).await.expect("an answer").is_some());
    assert_eq!(client.submit(&id).await.expect("submitted").images, 2);
}

#[tokio::test]
async fn what_was_submitted_stands() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 2).await;
    let id = &task.task_id;
    let refused = client.delete_image(id, &images[0]).await.expect_err("refused");
    assert_eq!(refused.reason, Some(Reason::TaskNotDraft));
    for request in
        [named(id, &["instructions"]), UpdateTaskRequest { task_id: id.clone(), ..UpdateTaskRequest::default() }]
    {
        assert_eq!(client.update(request).await.expect_err("refused").reason, Some(Reason::TaskNotDraft));
    }
}

#[tokio::test]
async fn a_submission_has_what_was_there_whoever_takes_out_images_at_the_same_moment() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let files = (0..20).map(|number| File::new(&format!("{number}.png"), "image/png", png(number))).collect();
    client.upload(&id, files).await.expect("uploaded");
    let images = client.images(&id, 0, "").await.expect("a list").images;
    let deleting = join_all(images.iter().skip(1).map(|image| client.delete_image(&id, &image.image_id)));
    let (deleted, submitted) = tokio::join!(deleting, client.submit(&id));
    let submitted = submitted.expect("submitted");
    let gone = deleted.iter().filter(|answer| answer.is_ok()).count() as u64;
    assert_eq!((submitted.state(), submitted.images), (TaskState::Open, 20 - gone));
    assert_eq!(client.images(&id, 0, "").await.expect("a list").images.len() as u64, submitted.images);
}
