//! Files that want to hurt: refused by name, in bounded memory.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use image::ImageFormat;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{UploadImagesRequest, UploadOutcome};
use labelmesh_proto::r#type::v1::Part;

use crate::{
    harness::{File, Harness, draft},
    pictures::{bomb, picture, png},
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

/// Small pictures whose headers say all that a header can say at its bounds.
fn at_every_bound() -> Vec<Vec<u8>> {
    let sides = |most: u32| [0, 1, 8, most / 2, most / 2 + 1, most];
    let pairs = |most: u32| sides(most).into_iter().flat_map(move |width| sides(most).map(|height| (width, height)));
    let jpeg = picture(1, ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame") + 5;
    let gif = picture(1, ImageFormat::Gif);
    let descriptor = gif.windows(9).position(|bytes| bytes == b"\x2c\0\0\0\0\x08\0\x08\0").expect("a frame") + 5;
    let mut all: Vec<Vec<u8>> = pairs(u32::MAX).map(|(width, height)| bomb(width, height)).collect();
    for (width, height) in pairs(u32::from(u16::MAX)) {
        let (width, height) = (width as u16, height as u16);
        let mut changed = jpeg.clone();
        changed[frame..frame + 4].copy_from_slice(&[height.to_be_bytes(), width.to_be_bytes()].concat());
        all.push(changed);
        for at in [6, descriptor] {
            let mut changed = gif.clone();
            changed[at..at + 4].copy_from_slice(&[width.to_le_bytes(), height.to_le_bytes()].concat());
            all.push(changed);
        }
    }
    all
}

#[tokio::test]
async fn whatever_a_header_says_is_the_files_own_trouble_and_never_the_calls_or_the_tables() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let odd = at_every_bound().into_iter().enumerate();
    let names = ["n".repeat(1024), "n".repeat(1025), "é".repeat(512)];
    let mut files: Vec<File> = odd.map(|(number, bytes)| File::new(&format!("{number}.gif"), "", bytes)).collect();
    files.extend(names.iter().zip(10..).map(|(name, number)| File::new(name, "image/png", png(number))));
    files.insert(0, File::new("first.png", "image/png", png(7)));
    files.push(File::new("last.png", "image/png", png(8)));
    let reports = client.upload(&id, files.clone()).await.expect("the call goes through");
    assert_eq!(reports.len(), files.len());
    let refusals = [None, Some(Reason::ImageDamaged), Some(Reason::ImageTooManyPixels), Some(Reason::ImageNameInvalid)];
    for (report, file) in reports.iter().zip(&files) {
        let reason = Harness::reason(report);
        assert!(refusals.contains(&reason), "{}: {:?}", file.name, report.error);
    }
    let kept: Vec<String> =
        client.images(&id, 0, "").await.expect("a list").images.into_iter().map(|i| i.name).collect();
    for name in ["first.png", "last.png", &names[0], &names[2]] {
        assert!(kept.iter().any(|kept| kept == name), "{name} is not in {kept:?}");
    }
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
