//! Images of tasks are sources, too.

use bytes::Bytes;
use labelmesh_errors::Reason;
use labelmesh_ids::UserId;
use labelmesh_proto::{
    renditions::v1::{TransformationState, transformation_result},
    tasks::v1::ImageFile,
};
use labelmesh_testkit::until;
use sha2::{Digest as _, Sha256};
use tonic_types::RpcStatusExt as _;

use crate::harness::{Harness, crop, picture};

/// Makes a picture an image of a task of somebody; returns its digest.
async fn image(harness: &Harness, owner: UserId, number: u8) -> String {
    let bytes = picture(number, 64, 48);
    let (sha256, size_bytes) = (hex::encode(Sha256::digest(&bytes)), bytes.len() as u64);
    harness.blobs.put_if_absent(&format!("images/{sha256}"), Bytes::from(bytes), "image/png").await.expect("put");
    let media_type = "image/png".to_owned();
    let file = ImageFile { sha256: sha256.clone(), media_type, size_bytes, width: 64, height: 48 };
    harness.tasks.add(owner, file);
    sha256
}

#[tokio::test]
async fn an_image_of_a_task_of_ones_own_is_a_source_from_then_on() {
    let harness = Harness::start().await;
    let (client, stranger, administrator) = (harness.client(), harness.client(), harness.administrator());
    let image = image(&harness, client.user_id, 1).await;
    let refused = stranger.create(&image, crop(50, 50)).await.expect_err("it is another's");
    assert_eq!(refused.reason, Some(Reason::SourceUnknown));
    assert!(stranger.export().await.is_empty());

    let _worker = harness.worker().await;
    let asked = client.create(&image, crop(50, 50)).await.expect("created").transformation_id;
    assert_eq!(client.ended(&asked).await.state(), TransformationState::Succeeded);
    let sources = client.export().await.into_iter().filter_map(|record| record.source?.source);
    let sources: Vec<_> = sources.map(|source| (source.sha256, source.width, source.media_type)).collect();
    assert_eq!(sources, [(image.clone(), 64, "image/png".to_owned())]);
    let theirs = administrator.create(&image, crop(50, 50)).await.expect("administrators reach all");
    assert_eq!(theirs.state(), TransformationState::Succeeded, "it is the same picture");

    // Whatever becomes of the task, and of the service that has it.
    harness.blobs.delete(&format!("images/{image}")).await.expect("deleted");
    harness.tasks.set_away(true);
    let asked = client.create(&image, crop(25, 25)).await.expect("created").transformation_id;
    assert_eq!(client.ended(&asked).await.state(), TransformationState::Succeeded);
}

#[tokio::test]
async fn while_tasks_is_away_those_that_need_it_are_unavailable_and_others_are_judged_as_ever() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (uploaded, image) = (client.source(1).await, image(&harness, client.user_id, 2).await);
    harness.tasks.set_away(true);
    let refused = client.create(&image, crop(50, 50)).await.expect_err("nobody can tell");
    assert_eq!(refused.reason, Some(Reason::Unavailable));
    let items = || vec![(&*uploaded, crop(50, 50)), (&*image, crop(50, 50)), (&*image, crop(25, 25))];
    let reasons = async || {
        let batch = client.create_all(items(), "").await.expect("created");
        let results = batch.results.into_iter().map(|one| match one.result.expect("a result") {
            transformation_result::Result::Transformation(_) => None,
            transformation_result::Result::Error(error) => error.get_details_error_info().map(|info| info.reason),
        });
        results.collect::<Vec<_>>()
    };
    let away = || Some(Reason::Unavailable.wire_name().to_owned());
    assert_eq!(reasons().await, [None, away(), away()]);
    harness.tasks.set_away(false);
    until("tasks to be asked again", async || (reasons().await == [None, None, None]).then_some(())).await;
}

#[tokio::test]
async fn images_count_as_sources_and_one_that_is_gone_is_none() {
    let size: u64 = [1, 2].into_iter().map(|number| picture(number, 64, 48).len() as u64).sum();
    let harness = Harness::with(|config, _| config.quotas.source_bytes = size - 1).await;
    let client = harness.client();
    let (gone, one, other) = (
        image(&harness, client.user_id, 3).await,
        image(&harness, client.user_id, 1).await,
        image(&harness, client.user_id, 2).await,
    );
    harness.blobs.delete(&format!("images/{gone}")).await.expect("deleted");
    let refused = client.create(&gone, crop(50, 50)).await.expect_err("it was removed a moment ago");
    assert_eq!(refused.reason, Some(Reason::SourceUnknown));
    assert!(client.export().await.is_empty(), "what has no bytes is no source");
    client.create(&one, crop(50, 50)).await.expect("there is room");
    let refused = client.create(&other, crop(50, 50)).await.expect_err("there is none");
    assert_eq!(refused.reason, Some(Reason::QuotaUsedUp));
    assert_eq!(refused.facts["quota"], "source_bytes");
}
