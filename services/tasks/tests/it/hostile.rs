//! Files that want to hurt: refused by name, in bounded memory.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{UploadImagesRequest, UploadOutcome};
use labelmesh_proto::r#type::v1::Part;

use crate::{
    harness::{File, Harness, draft},
    pictures::{bomb, png},
};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_bomb_of_a_few_bytes_is_refused_by_its_header() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let files = vec![
        File::new("bomb.png", "image/png", bomb(65_535, 65_535)),
        File::new("wide.png", "image/png", bomb(2_000_000_000, 1)),
        File::new("good.png", "image/png", png(1)),
    ];
    let reports = client.upload(&id, files).await.expect("uploaded");
    assert_eq!(Harness::reason(&reports[0]), Some(Reason::ImageTooManyPixels));
    assert_eq!(Harness::reason(&reports[1]), Some(Reason::ImageTooManyPixels));
    assert_eq!(reports[2].outcome(), UploadOutcome::Added);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_and_the_next_one_comes_through() {
    let harness = Harness::with(|config| config.images.max_bytes = MIB).await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let mut exact = png(1);
    exact.resize(MIB, 0);
    let mut larger = png(2);
    larger.resize(MIB + 1, 0);
    let files = vec![
        File::new("exact.png", "image/png", exact),
        File::new("larger.png", "image/png", larger),
        File::new("much larger.png", "image/png", vec![0; 10 * MIB]),
        File::new("good.png", "image/png", png(3)),
    ];
    let reports = client.upload(&id, files).await.expect("uploaded");
    let reasons: Vec<_> = reports.iter().map(Harness::reason).collect();
    assert_eq!(reasons, [None, Some(Reason::ImageTooLarge), Some(Reason::ImageTooLarge), None]);
}

#[tokio::test]
async fn a_stream_of_ten_gigabytes_is_ended_after_a_hundred_megabytes() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let good = File::new("good.png", "image/png", png(1)).messages(&id);
    let asked = Arc::new(AtomicU64::new(0));
    let endless = (0..10 * 1024).map({
        let asked = Arc::clone(&asked);
        move |number| {
            asked.fetch_add(1, Ordering::Relaxed);
            let name = if number == 0 { "endless.png".to_owned() } else { String::new() };
            let part = Part { name, data: vec![0; MIB].into(), last: number == 10 * 1024 - 1, ..Part::default() };
            UploadImagesRequest { task_id: String::new(), part: Some(part), ..Default::default() }
        }
    });
    let (mut reports, end) = client.send(good.into_iter().chain(endless)).await;
    assert_eq!(end.expect_err("ended").reason, Some(Reason::RequestTooLarge));
    // Each is reported when it is done with.
    reports.sort_by_key(|report| report.index);
    assert_eq!(reports[0].outcome(), UploadOutcome::Added);
    assert_eq!(reports[1].name, "endless.png");
    assert_eq!(Harness::reason(&reports[1]), Some(Reason::ImageTooLarge));
    let sent_mib = asked.load(Ordering::Relaxed);
    assert!(sent_mib < 110, "{sent_mib} MiB were read");
}
