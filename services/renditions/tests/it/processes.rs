//! Workers as processes: killed in the middle of it, and with the largest pictures that there may be.

use async_nats::jetstream;
use image::{DynamicImage, GrayImage, ImageFormat, RgbImage};
use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::{Optimize, Spec, TransformationState, spec};
use labelmesh_testkit::until;

use crate::{
    failing::reason,
    harness::{Client, Harness, crop, resize},
};

const MIB: u64 = 1 << 20;
/// How many workers may end while they are at one job.
const DEATHS: u64 = 5;

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

async fn source(client: &Client, bytes: Vec<u8>) -> String {
    let mut reports = client.upload(vec![bytes]).await.expect("uploaded");
    reports.remove(0).source.expect("a source").sha256
}

/// How often jobs that make files smaller were given to workers.
async fn deliveries(harness: &Harness) -> u64 {
    let jetstream = jetstream::new(harness.broker.client().await);
    let stream = format!("{}-renditions", harness.broker.prefix());
    let Ok(stream) = jetstream.get_stream(stream).await else { return 0 };
    let Ok(info) = stream.consumer_info("renditions-optimize").await else { return 0 };
    info.delivered.consumer_sequence
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_job_of_which_five_workers_die_fails_by_name_and_the_sixth_goes_on_with_others() {
    let harness = Harness::start().await;
    let client = harness.client();
    // Something that a worker is at for ten seconds and more: it is compared with what is made of it.
    let noise = |x: u32, y: u32| (x.wrapping_mul(31) ^ y.wrapping_mul(17).rotate_left(5)) as u8;
    let noise = RgbImage::from_fn(2_400, 2_000, |x, y| image::Rgb([noise(x, y), noise(y, x), noise(x, x ^ y)]));
    let noise = source(&client, encoded(&noise.into(), ImageFormat::Jpeg)).await;
    let slow = Spec { kind: Some(spec::Kind::Optimize(Optimize { score: 90.0, any_format: true })) };
    let deadly = client.create(&noise, slow).await.expect("created").transformation_id;
    // A worker that is silent for two seconds is taken for dead.
    let process = || harness.process(&[("EVENTS__ACK_WAIT", "2s"), ("MEMORY_BYTES", "1073741824")]);
    for death in 1..=DEATHS {
        let worker = process();
        until("a worker to be at it", async || (deliveries(&harness).await >= death).then_some(())).await;
        assert_eq!(client.get(&deadly).await.expect("found").ended_at, None);
        worker.kill().await;
    }
    let mut worker = process();
    let failed = client.ended(&deadly).await;
    assert_eq!(reason(&failed), Some(Reason::WorkerLost));
    assert!(deliveries(&harness).await > DEATHS);
    let other = client.create(&noise, crop(10, 10)).await.expect("created").transformation_id;
    assert_eq!(client.ended(&other).await.state(), TransformationState::Succeeded);
    assert!(worker.runs());
}

#[tokio::test]
async fn a_worker_that_the_store_refuses_gives_its_job_back_for_one_that_it_lets() {
    let harness = Harness::start().await;
    let client = harness.client();
    let picture = client.source(1).await;
    let light = Spec { kind: Some(spec::Kind::Optimize(Optimize { score: 0.0, any_format: false })) };
    let refused = harness.process(&[("BLOBS__SECRET_KEY", "another")]);
    let asked = client.create(&picture, light).await.expect("created").transformation_id;
    until("the job to be given back", async || (deliveries(&harness).await >= 2).then_some(())).await;
    assert_eq!(client.get(&asked).await.expect("found").ended_at, None);
    refused.kill().await;
    let _worker = harness.worker().await;
    assert_eq!(client.ended(&asked).await.state(), TransformationState::Succeeded);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn memory_stays_within_its_bounds_while_pictures_of_fifty_megapixels_are_made() {
    // As much as one of the PNGs takes at most, and less than two.
    const BOUND: u64 = 512 * MIB;
    // The file of each job and of the next, what is read and sent of them, and what the allocator keeps.
    const BESIDE_MIB: u64 = 64;
    let harness = Harness::with(|_, worker| (worker.at_once, worker.memory_bytes) = (4, BOUND)).await;
    let client = harness.client();
    let (width, height) = (7_071, 7_071);
    let color = |red| DynamicImage::from(RgbImage::from_pixel(width, height, image::Rgb([red, 80, 20])));
    let mut sources = Vec::new();
    for red in [1, 2] {
        let picture = color(red);
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            sources.push(source(&client, encoded(&picture, format)).await);
        }
    }
    let gray = DynamicImage::from(GrayImage::from_pixel(64, 48, image::Luma([7])));
    let small = source(&client, encoded(&gray, ImageFormat::Png)).await;

    let worker = harness.process(&[]);
    let first = client.create(&small, resize(8)).await.expect("created").transformation_id;
    client.ended(&first).await;
    let before = worker.peak_mib();
    let items = sources.iter().map(|source| (source.as_str(), resize(800))).collect();
    let batch = client.create_all(items, "").await.expect("created").batch_id;
    for one in client.list(&batch, 0, "").await.expect("a list").transformations {
        let one = client.ended(&one.transformation_id).await;
        assert_eq!(one.state(), TransformationState::Succeeded, "{one:?}");
        assert_eq!((one.renditions[0].width, one.renditions[0].height), (800, 800));
    }
    let grown = worker.peak_mib() - before;
    assert!(grown <= BOUND / MIB + BESIDE_MIB, "{grown} MiB more than the {before} MiB at rest");
}
