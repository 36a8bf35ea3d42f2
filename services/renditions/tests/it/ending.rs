//! Transformations end, and whoever waits is told.

use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::{Format, Optimize, Output, Resize, Spec, TransformationState, spec};
use renditions::Kind;

use crate::harness::{Harness, crop, resize};

#[tokio::test]
async fn all_kinds_are_made_as_they_were_asked_for() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let source = client.source(1).await;
    let output = Some(Output { format: Format::Jpeg.into(), quality: 90, all_frames: false });
    let small = Spec { kind: Some(spec::Kind::Resize(Resize { height: 24, output, ..Resize::default() })) };
    let light = Spec { kind: Some(spec::Kind::Optimize(Optimize { score: 0.0, any_format: true })) };
    for (spec, size, media_type) in
        [(small, (32, 24), "image/jpeg"), (crop(25, 50), (16, 24), "image/png"), (light, (64, 48), "")]
    {
        let made = client.create(&source, spec).await.expect("created");
        let made = client.ended(&made.transformation_id).await;
        let rendition = made.renditions.first().unwrap_or_else(|| panic!("{made:?}"));
        assert_eq!((rendition.width, rendition.height), size);
        assert!(media_type.is_empty() || rendition.media_type == media_type, "{rendition:?}");
        let (bytes, _) = client.rendition(&made.transformation_id).await.expect("a picture");
        let seen = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!((seen.width(), seen.height()), size);
        if media_type.is_empty() {
            assert!(rendition.score >= 75.0 && rendition.window.is_none(), "{rendition:?}");
        }
    }
}

#[tokio::test]
async fn avif_is_written_where_it_is_asked_for() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker_of(&[Kind::Resize]).await;
    let source = client.source(1).await;
    let output = Some(Output { format: Format::Avif.into(), ..Output::default() });
    let small = Spec { kind: Some(spec::Kind::Resize(Resize { width: 16, output, ..Resize::default() })) };
    let made = client.create(&source, small).await.expect("created");
    let made = client.ended(&made.transformation_id).await;
    let rendition = made.renditions.first().unwrap_or_else(|| panic!("{made:?}"));
    assert_eq!((rendition.width, rendition.height, rendition.media_type.as_str()), (16, 12, "image/avif"));
    let (bytes, _) = client.rendition(&made.transformation_id).await.expect("a picture");
    assert_eq!(&bytes[4..12], b"ftypavif");
}

#[tokio::test]
async fn each_kind_has_workers_of_its_own() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker_of(&[Kind::Resize]).await;
    let source = client.source(1).await;
    let cropped = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    let resized = client.create(&source, resize(8)).await.expect("created").transformation_id;
    assert_eq!(client.ended(&resized).await.state(), TransformationState::Succeeded);
    assert_eq!(client.get(&cropped).await.expect("found").state(), TransformationState::Queued);
    let _other = harness.worker_of(&[Kind::Crop]).await;
    assert_eq!(client.ended(&cropped).await.state(), TransformationState::Succeeded);
}

#[tokio::test]
async fn a_batch_is_watched_until_all_of_it_has_ended() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let batch = client.create_all(vec![(&*source, crop(50, 50)), (&*source, crop(25, 25))], "").await.expect("created");
    let mut states = client.watch(&batch.batch_id, 0).await.expect("a stream");
    let first = states.message().await.expect("a state").expect("a state");
    assert_eq!((first.queued, first.version), (2, 2));
    let cancelled = client.list(&batch.batch_id, 0, "").await.expect("a list").transformations.remove(0);
    client.cancel(&cancelled.transformation_id).await.expect("cancelled");
    let _worker = harness.worker().await;
    let mut version = first.version;
    let mut last = first;
    while let Some(state) = states.message().await.expect("a state") {
        assert!(state.version >= version);
        version = state.version;
        last = state;
    }
    assert_eq!((last.succeeded, last.cancelled, last.queued + last.running), (1, 1, 0));
    let mut rest = client.watch(&batch.batch_id, version).await.expect("a stream");
    assert_eq!(rest.message().await.expect("its end"), None, "nothing newer");
}

#[tokio::test]
async fn what_was_cancelled_stays_so_and_what_has_ended_can_not_be() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let cancelled = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    let first = client.cancel(&cancelled).await.expect("cancelled");
    assert_eq!(client.cancel(&cancelled).await.expect("again"), first);
    let made = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    let not_ready = client.rendition(&made).await.expect_err("nobody has made it");
    assert_eq!(not_ready.reason, Some(Reason::RenditionNotReady));
    let _worker = harness.worker().await;
    assert_eq!(client.ended(&made).await.state(), TransformationState::Succeeded);
    let ended = client.cancel(&made).await.expect_err("it has ended");
    assert_eq!(ended.reason, Some(Reason::TransformationEnded));
    assert_eq!(client.get(&cancelled).await.expect("found"), first);
    let none = client.rendition(&cancelled).await.expect_err("none was made for it");
    assert_eq!(none.reason, Some(Reason::RenditionNotReady));
}
