//! Clients ask for pictures.

use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::{
    Area, Crop, Fit, Focus, Optimize, Output, Percent, Point, Portrait, Ratio, Resize, Size, Spec, TransformationState,
    crop as windows, focus, spec, transformation_result,
};
use tonic_types::RpcStatusExt as _;

use crate::harness::{Harness, crop, resize};

const ONE: &str = "018f0000-0000-7000-8000-000000000001";
const OTHER: &str = "018f0000-0000-7000-8000-000000000002";

#[tokio::test]
async fn a_repeat_is_the_first_and_the_same_is_one_job_whoever_asks() {
    let harness = Harness::start().await;
    let (client, neighbour) = (harness.client(), harness.client());
    let source = client.source(1).await;
    let first = client.create_once(&source, crop(50, 10), ONE).await.expect("created");
    assert_eq!(first.state(), TransformationState::Queued);
    assert_eq!(client.create_once(&source, crop(50, 10), ONE).await.expect("repeated"), first);
    let reused = client.create_once(&source, crop(10, 50), ONE).await.expect_err("another one");
    assert_eq!(reused.reason, Some(Reason::RequestIdReused));
    let second = client.create_once(&source, crop(50, 10), OTHER).await.expect("created");
    assert_ne!(second.transformation_id, first.transformation_id);
    // The neighbour has uploaded the same bytes, and asks for the same.
    assert_eq!(neighbour.source(1).await, source);
    let third = neighbour.create(&source, crop(50, 10)).await.expect("created");
    assert_eq!(harness.told().await, 1, "one job for all of them");

    let _worker = harness.worker().await;
    for (who, one) in [(&client, &first), (&client, &second), (&neighbour, &third)] {
        let one = who.ended(&one.transformation_id).await;
        assert_eq!(one.state(), TransformationState::Succeeded);
        let made = one.renditions.first().expect("a picture").clone();
        assert_eq!((made.width, made.height, made.media_type.as_str()), (32, 5, "image/png"));
        assert_eq!(made.window.map(|window| (window.width, window.height)), Some((32, 5)));
        let (bytes, media_type) = who.rendition(&one.transformation_id).await.expect("a picture");
        assert_eq!((bytes.len() as u64, media_type.as_str()), (made.size_bytes, "image/png"));
        let seen = image::load_from_memory(&bytes).expect("a picture");
        assert_eq!((seen.width(), seen.height()), (32, 5));
    }
    let again = client.create(&source, crop(50, 10)).await.expect("created");
    assert_eq!(again.state(), TransformationState::Succeeded, "it is known");
    assert_eq!(harness.told().await, 1);
}

#[tokio::test]
async fn strangers_find_nothing_and_administrators_all() {
    let harness = Harness::start().await;
    let (client, stranger, administrator) = (harness.client(), harness.client(), harness.administrator());
    let source = client.source(1).await;
    let batch = client.create_all(vec![(&*source, crop(50, 50))], "").await.expect("created");
    let id = client.list(&batch.batch_id, 0, "").await.expect("a list").transformations.remove(0).transformation_id;
    for reason in [
        stranger.get(&id).await.expect_err("foreign").reason,
        stranger.wait(&id, 5).await.expect_err("foreign").reason,
        stranger.cancel(&id).await.expect_err("foreign").reason,
        stranger.rendition(&id).await.expect_err("foreign").reason,
        stranger.watch(&batch.batch_id, 0).await.expect_err("foreign").reason,
    ] {
        assert_eq!(reason, Some(Reason::NotFound));
    }
    assert!(stranger.list(&batch.batch_id, 0, "").await.expect("a list").transformations.is_empty());
    assert!(stranger.list("", 0, "").await.expect("a list").transformations.is_empty());
    let unknown = stranger.create(&source, crop(50, 50)).await.expect_err("it is another's");
    assert_eq!(unknown.reason, Some(Reason::SourceUnknown));
    assert_eq!(administrator.get(&id).await.expect("found").owner_id, client.user_id.to_string());
    assert_eq!(administrator.list(&batch.batch_id, 0, "").await.expect("a list").transformations.len(), 1);
}

#[tokio::test]
async fn of_a_batch_each_is_judged_for_itself() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let nothing = "0".repeat(64);
    let items = || vec![(&*source, crop(50, 50)), (&*nothing, crop(50, 50)), (&*source, Spec::default())];
    let batch = client.create_all(items(), ONE).await.expect("created");
    let results: Vec<_> = batch.results.iter().map(|result| result.result.as_ref().expect("a result")).collect();
    let [transformation_result::Result::Transformation(made), unknown, odd] = &results[..] else {
        panic!("{results:?}")
    };
    assert_eq!(made.batch_id, batch.batch_id);
    for (refused, text) in [(unknown, "no source"), (odd, "spec")] {
        let transformation_result::Result::Error(error) = refused else { panic!("{refused:?}") };
        assert!(error.message.contains(text), "{}", error.message);
    }
    assert_eq!(client.create_all(items(), ONE).await.expect("repeated"), batch);
    assert_eq!(harness.told().await, 1);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_its_field() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let of = |kind| Spec { kind: Some(kind) };
    let percent = windows::Window::Percent(Percent { width: 101, height: 1 });
    for (spec, field) in [
        (Spec::default(), "spec"),
        (of(spec::Kind::Crop(Crop::default())), "crop"),
        (of(spec::Kind::Crop(Crop { window: Some(percent), ..Crop::default() })), "crop.percent.width"),
        (of(spec::Kind::Resize(Resize::default())), "resize.width"),
        (of(spec::Kind::Optimize(Optimize { score: 99.0, any_format: false })), "optimize.score"),
    ] {
        let refused = client.create(&source, spec).await.expect_err(field);
        assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some(field)));
    }
    let refused = client.create("cafe", crop(50, 50)).await.expect_err("no digest");
    assert_eq!(refused.field.as_deref(), Some("source_sha256"));
}

#[tokio::test]
async fn who_has_many_open_ones_waits_until_some_have_ended() {
    let harness = Harness::with(|config, _| config.quotas.open_transformations = 2).await;
    let (client, other) = (harness.client(), harness.client());
    let source = client.source(1).await;
    let first = client.create(&source, crop(50, 50)).await.expect("created");
    client.create(&source, crop(50, 51)).await.expect("created");
    let refused = client.create(&source, crop(50, 52)).await.expect_err("too many");
    assert_eq!(refused.reason, Some(Reason::TooManyTransformations));
    assert_eq!(refused.facts["limit"], "2");
    let source_of_other = other.source(2).await;
    other.create(&source_of_other, crop(50, 50)).await.expect("another's do not count");
    client.cancel(&first.transformation_id).await.expect("cancelled");
    client.create(&source, crop(50, 52)).await.expect("there is room again");
}

#[tokio::test]
async fn lists_are_read_page_by_page_the_newest_first() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let mut made = Vec::new();
    for width in 1..=3 {
        made.push(client.create(&source, resize(width)).await.expect("created").transformation_id);
    }
    let first = client.list("", 2, "").await.expect("a page");
    let second = client.list("", 2, &first.next_page_token).await.expect("a page");
    let listed: Vec<_> = first.transformations.into_iter().chain(second.transformations).collect();
    let listed: std::collections::BTreeSet<_> = listed.into_iter().map(|one| one.transformation_id).collect();
    assert_eq!((listed, second.next_page_token.as_str()), (made.into_iter().collect(), ""));
    let refused = client.list("", 2, "page").await.expect_err("no token");
    assert_eq!(refused.reason, Some(Reason::PageTokenInvalid));
}

#[tokio::test]
async fn numbers_at_every_bound_are_taken_or_refused_by_name() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let numbers = [0, 1, 100, 101, 16_384, 16_385, i32::MAX.unsigned_abs(), u32::MAX];
    let mut specs = Vec::new();
    for n in numbers {
        let area = |x, width| Area { x, y: x, width, height: width };
        let windows = [
            windows::Window::Ratio(Ratio { width: n, height: 1 }),
            windows::Window::Percent(Percent { width: n, height: 1 }),
            windows::Window::Size(Size { width: n, height: 1 }),
            windows::Window::Box(area(n, 1)),
            windows::Window::Box(area(1, n)),
        ];
        let crop = |window| spec::Kind::Crop(Crop { window: Some(window), ..Crop::default() });
        specs.extend(windows.map(crop));
        let place = Some(focus::Place::Point(Point { x: n, y: n }));
        let focus = Some(Focus { place });
        let output = Some(Output { quality: n, ..Output::default() });
        let cover = Fit::Cover.into();
        let resize = Resize { width: 8, height: 8, fit: cover, ..Resize::default() };
        specs.push(spec::Kind::Resize(Resize { width: n, height: n, ..Resize::default() }));
        specs.push(spec::Kind::Resize(Resize { focus, ..resize }));
        specs.push(spec::Kind::Resize(Resize { output, ..resize }));
        specs.push(spec::Kind::Portrait(Portrait { max_faces: n, ..Portrait::default() }));
        let ratio = Some(Ratio { width: 1, height: n });
        specs.push(spec::Kind::Portrait(Portrait { ratio, ..Portrait::default() }));
    }
    for n in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MIN_POSITIVE, 95.0, 95.1, f64::MAX] {
        specs.push(spec::Kind::Optimize(Optimize { score: n, any_format: false }));
        specs.push(spec::Kind::Portrait(Portrait { margin: Some(n), ..Portrait::default() }));
        specs.push(spec::Kind::Portrait(Portrait { min_score: n, ..Portrait::default() }));
    }
    let mut taken = Vec::new();
    for kind in specs {
        match client.create(&source, Spec { kind: Some(kind.clone()) }).await {
            Ok(created) => taken.push((kind, created.transformation_id)),
            Err(refused) => {
                assert_eq!(refused.reason, Some(Reason::FieldInvalid), "{kind:?}");
                assert!(refused.field.is_some(), "{kind:?}");
            }
        }
    }
    // Whatever was taken ends, by a reason of the contract where it can't be made.
    let _worker = harness.worker().await;
    for (kind, id) in taken {
        let ended = client.ended(&id).await;
        let reason = ended.failure.and_then(|failure| Some(failure.get_details_error_info()?.reason));
        assert_ne!(reason.as_deref(), Some(Reason::Internal.wire_name()), "{kind:?}");
    }
}
