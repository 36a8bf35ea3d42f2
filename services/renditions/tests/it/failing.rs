//! Jobs that can't be done fail by name, and others go on.

use bytes::Bytes;
use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::{
    Area, Crop, Output, Resize, Spec, Transformation, TransformationState, crop as windows, spec,
};
use labelmesh_testkit::until;
use tonic_types::RpcStatusExt as _;

use crate::harness::{Harness, crop, photo, picture};

pub(crate) fn reason(failed: &Transformation) -> Option<Reason> {
    assert_eq!(failed.state(), TransformationState::Failed, "{failed:?}");
    Reason::from_wire_name(&failed.failure.as_ref()?.get_details_error_info()?.reason)
}

/// A part that no small picture has.
fn outside() -> Spec {
    let window = windows::Window::Box(Area { x: 1000, y: 1000, width: 8, height: 8 });
    Spec { kind: Some(spec::Kind::Crop(Crop { window: Some(window), ..Crop::default() })) }
}

#[tokio::test]
async fn each_failure_has_its_reason_and_the_worker_goes_on() {
    let harness = Harness::start().await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let source = client.source(1).await;
    let mut short = photo(64, 48);
    short.truncate(short.len() / 2);
    let reports = client.upload(vec![short]).await.expect("uploaded");
    let damaged = reports[0].source.clone().expect("its header is good").sha256;
    for (source, spec, expected) in
        [(&source, outside(), Reason::WindowOutside), (&damaged, crop(50, 50), Reason::ImageDamaged)]
    {
        let failed = client.create(source, spec).await.expect("created");
        let failed = client.ended(&failed.transformation_id).await;
        assert_eq!(reason(&failed), Some(expected));
    }
    let made = client.create(&source, crop(50, 50)).await.expect("created");
    assert_eq!(client.ended(&made.transformation_id).await.state(), TransformationState::Succeeded);
    // What has failed is tried again when somebody asks again.
    let again = client.create(&source, outside()).await.expect("created");
    assert_eq!(reason(&client.ended(&again.transformation_id).await), Some(Reason::WindowOutside));
    assert_eq!(harness.told().await, 4);
}

/// A PNG of 64 x 48 pixels whose header says another size.
fn lying(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = picture(1, 64, 48);
    bytes[16..24].copy_from_slice(&[width.to_be_bytes(), height.to_be_bytes()].concat());
    let crc = !bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    });
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// A GIF of one pixel with so many frames.
fn frames(count: usize) -> Vec<u8> {
    let screen = [&b"GIF89a"[..], &[1, 0, 1, 0, 0x80, 0, 0], &[0, 0, 0, 255, 255, 255]].concat();
    let frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
    [screen, frame.repeat(count), vec![0x3B]].concat()
}

#[tokio::test]
async fn whatever_a_file_pretends_to_be_its_job_fails_by_name_and_the_worker_goes_on() {
    // What the service lets through here, its workers do not.
    let harness = Harness::with(|config, _| {
        let pictures = &mut config.pictures;
        (pictures.max_pixels, pictures.max_frames, pictures.max_frame_pixels) = (u64::MAX, u32::MAX, u64::MAX);
    })
    .await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let mut short = picture(2, 64, 48);
    short.truncate(short.len() / 2);
    let output = Some(Output { all_frames: true, ..Output::default() });
    let animated = Spec { kind: Some(spec::Kind::Resize(Resize { width: 1, output, ..Resize::default() })) };
    for (what, file, spec, expected) in [
        ("a bomb", lying(65_535, 65_535), crop(50, 50), Reason::ImageTooManyPixels),
        ("a header that says too much", lying(64, 4_000), crop(50, 50), Reason::ImageDamaged),
        ("a file that is cut short", short, crop(50, 50), Reason::ImageDamaged),
        ("frames without end", frames(5_000), animated, Reason::TooManyFrames),
    ] {
        let reports = client.upload(vec![file]).await.expect("uploaded");
        let source = reports[0].source.clone().unwrap_or_else(|| panic!("{what}: {:?}", reports[0])).sha256;
        let failed = client.create(&source, spec).await.expect("created");
        assert_eq!(reason(&client.ended(&failed.transformation_id).await), Some(expected), "{what}");
    }
    let good = client.source(3).await;
    let made = client.create(&good, crop(50, 50)).await.expect("created");
    assert_eq!(client.ended(&made.transformation_id).await.state(), TransformationState::Succeeded);
}

#[tokio::test]
async fn what_takes_more_memory_than_a_worker_has_fails() {
    let harness = Harness::with(|_, worker| worker.memory_bytes = 64 << 10).await;
    let client = harness.client();
    let _worker = harness.worker().await;
    let reports = client.upload(vec![picture(1, 600, 600)]).await.expect("uploaded");
    let source = reports[0].source.clone().expect("a source").sha256;
    let failed = client.create(&source, crop(50, 50)).await.expect("created");
    assert_eq!(reason(&client.ended(&failed.transformation_id).await), Some(Reason::TooMuchMemory));
}

#[tokio::test]
async fn a_source_whose_bytes_are_gone_is_unknown() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    harness.blobs.delete(&format!("sources/{source}")).await.expect("deleted");
    let _worker = harness.worker().await;
    let failed = client.create(&source, crop(50, 50)).await.expect("created");
    assert_eq!(reason(&client.ended(&failed.transformation_id).await), Some(Reason::SourceUnknown));
}

#[tokio::test]
async fn a_job_that_nobody_makes_is_given_up_after_a_day() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let left = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    harness.execute("UPDATE job SET queued_at = queued_at - interval '25 hours'").await;
    assert_eq!(reason(&client.ended(&left).await), Some(Reason::WorkerLost));
    let again = client.create(&source, crop(50, 50)).await.expect("created");
    assert_eq!(again.state(), TransformationState::Queued, "another day, another try");
}

#[tokio::test]
async fn a_picture_that_is_there_ends_its_job_although_nobody_has_told() {
    let harness = Harness::start().await;
    let client = harness.client();
    let source = client.source(1).await;
    let first = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    let worker = harness.worker().await;
    let sha256 = client.ended(&first).await.renditions.remove(0).sha256;
    worker.shutdown().await.expect("it stops");
    let picture = format!("transformations/{}/{sha256}", harness.key().await);
    harness.blobs.delete(&picture).await.expect("deleted");
    let other = Bytes::from_static(b"as it was");
    harness.blobs.put_if_absent(&picture, other, "image/png").await.expect("put");
    harness.lose_news().await;
    let _worker = harness.worker().await;
    until("the end", async || {
        let found = client.get(&first).await.expect("found");
        (found.state() == TransformationState::Succeeded).then_some(())
    })
    .await;
    assert_eq!(client.rendition(&first).await.expect("a picture").0, b"as it was", "nobody has made it again");
}
