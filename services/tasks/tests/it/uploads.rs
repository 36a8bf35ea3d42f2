//! Uploading images: what is kept, what is reported.

use std::{collections::BTreeSet, iter};

use futures::future::join_all;
use image::ImageFormat;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{ImageNote, UploadImagesRequest, UploadOutcome};
use labelmesh_proto::r#type::v1::Part;

use crate::{
    harness::{File, Harness, draft},
    pictures::{large_jpeg, picture, png},
};

#[tokio::test]
async fn images_of_all_formats_are_added_and_listed_as_they_are() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let formats = [
        ("a.jpg", "image/jpeg", ImageFormat::Jpeg),
        ("b.png", "image/png", ImageFormat::Png),
        ("folder/c.webp", "image/webp", ImageFormat::WebP),
        ("d.gif", "image/gif", ImageFormat::Gif),
    ];
    let files = formats.map(|(name, media_type, format)| File::new(name, media_type, picture(1, format)));
    let reports = client.upload(&id, files.to_vec()).await.expect("uploaded");
    assert!(reports.iter().all(|report| report.outcome() == UploadOutcome::Added && report.error.is_none()));
    let images = client.images(&id, 0, "").await.expect("a list").images;
    for (file, (name, media_type, _)) in files.iter().zip(formats) {
        let image = images.iter().find(|image| image.name == name).expect("listed");
        assert_eq!((image.media_type.as_str(), image.width, image.height), (media_type, 8, 8));
        assert_eq!(image.size_bytes, file.bytes.len() as u64);
        assert_eq!(image.sha256, file.sha256());
        let object = harness.blobs.get(&format!("images/{}", image.sha256)).await.expect("S3").expect("an object");
        assert_eq!(object.media_type, media_type);
        assert_eq!(object.bytes().await.expect("its bytes"), file.bytes);
    }
    assert_eq!(client.get(&id).await.expect("found").images, 4);
}

#[tokio::test]
async fn each_file_is_judged_for_itself_and_reported_by_name() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let mut cut = picture(3, ImageFormat::Jpeg);
    cut.truncate(cut.len() - 40);
    let files = vec![
        File::new("good.png", "image/png", png(1)),
        File::new("empty.png", "image/png", vec![]),
        File::new("script.png", "image/png", b"#!/bin/sh\nrm -rf /\n".to_vec()),
        File::new("cut.jpg", "image/jpeg", cut),
        File::new("other.jpg", "image/jpeg", png(2)),
        File::new("", "image/png", png(4)),
        File::new("bell\u{7}.png", "image/png", png(5)),
        File::new("fine.png", "", png(6)),
    ];
    let reports = client.upload(&id, files).await.expect("uploaded");
    let reasons: Vec<_> = reports.iter().map(|report| (report.index, Harness::reason(report))).collect();
    let expected = [
        None,
        Some(Reason::ImageEmpty),
        Some(Reason::ImageFormatUnknown),
        Some(Reason::ImageDamaged),
        // Its bytes decide, whatever it is called.
        None,
        Some(Reason::ImageNameInvalid),
        Some(Reason::ImageNameInvalid),
        None,
    ];
    assert_eq!(reasons, (0..).zip(expected).collect::<Vec<_>>());
    assert_eq!(client.get(&id).await.expect("found").images, 3);
}

#[tokio::test]
async fn uploading_again_is_harmless() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let files: Vec<_> = (0..20).map(|n| File::new(&format!("{n}.png"), "image/png", png(n))).collect();
    let first = client.upload(&id, files.clone()).await.expect("uploaded");
    let again = client.upload(&id, files.clone()).await.expect("uploaded");
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(again.outcome(), UploadOutcome::Present);
        assert_eq!((&again.image_id, &again.present_as), (&first.image_id, &first.name));
    }
    let renamed = File { name: "other name.png".into(), ..files[7].clone() };
    let changed = File { bytes: png(99), ..files[7].clone() };
    let reports = client.upload(&id, vec![renamed, changed]).await.expect("uploaded");
    assert_eq!((reports[0].outcome(), reports[0].present_as.as_str()), (UploadOutcome::Present, "7.png"));
    assert_eq!(Harness::reason(&reports[1]), Some(Reason::ImageNameTaken));
    assert_eq!(client.get(&id).await.expect("found").images, 20);
}

#[tokio::test]
async fn what_strict_readers_stop_at_is_noted_beside_the_image() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let (sound, whole) = (png(1), png(2));
    // Without its last chunk; and with a chunk whose checksum is another's.
    let endless = whole[..whole.len() - 12].to_vec();
    let malformed = [&png(3)[..33], b"\0\0\0\x01sRGB\0\0\0\0\0", &endless[33..]].concat();
    let files = [("sound.png", sound), ("endless.png", endless), ("malformed.png", malformed)];
    let files: Vec<_> = files.map(|(name, bytes)| File::new(name, "image/png", bytes)).into();
    let expected = [vec![], vec![ImageNote::NoEnd], vec![ImageNote::Malformed, ImageNote::NoEnd]];
    for outcome in [UploadOutcome::Added, UploadOutcome::Present] {
        let reports = client.upload(&id, files.clone()).await.expect("uploaded");
        assert!(reports.iter().all(|report| report.outcome() == outcome), "{reports:?}");
        assert_eq!(reports.iter().map(|report| report.notes().collect()).collect::<Vec<Vec<_>>>(), expected);
    }
    let images = client.images(&id, 0, "").await.expect("a list").images;
    assert_eq!(images.iter().map(|image| image.notes().collect()).collect::<Vec<Vec<_>>>(), expected);
}

#[tokio::test]
async fn names_that_look_the_same_are_one_name() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let composed = File::new("\u{e9}.png", "image/png", png(1));
    let decomposed = File::new("e\u{301}.png", "image/png", png(2));
    let unread = File::new("\u{fffd}.png", "image/png", png(3));
    let mut reasons = Vec::new();
    for file in [decomposed, composed, unread] {
        let reports = client.upload(&id, vec![file]).await.expect("uploaded");
        reasons.push(Harness::reason(&reports[0]));
    }
    assert_eq!(reasons, [None, Some(Reason::ImageNameTaken), Some(Reason::ImageNameInvalid)]);
    let images = client.images(&id, 0, "").await.expect("a list").images;
    assert_eq!(images.iter().map(|image| image.name.as_str()).collect::<Vec<_>>(), ["e\u{301}.png"]);
}

#[tokio::test]
async fn of_equal_files_the_first_is_kept_whichever_is_ready_first() {
    let harness = Harness::start().await;
    let client = harness.client();
    for _ in 0..6 {
        let id = client.create(draft("Pets")).await.expect("created").task_id;
        // The first of each takes longer than what follows it.
        let files = vec![
            File::new("z.jpg", "image/jpeg", large_jpeg(0, 900)),
            File::new("a.jpg", "image/jpeg", large_jpeg(0, 900)),
            File::new("one name", "image/jpeg", large_jpeg(1, 900)),
            File::new("one name", "image/png", png(1)),
        ];
        let mut reports = client.upload(&id, files).await.expect("uploaded");
        reports.sort_by_key(|report| report.index);
        assert_eq!((reports[0].outcome(), reports[1].present_as.as_str()), (UploadOutcome::Added, "z.jpg"));
        assert_eq!(
            (reports[2].outcome(), Harness::reason(&reports[3])),
            (UploadOutcome::Added, Some(Reason::ImageNameTaken))
        );
    }
}

#[tokio::test]
async fn images_are_listed_in_the_order_in_which_their_files_came() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    // The first takes longer than those after it.
    let small = (1..12).map(|n| File::new(&format!("{n}.png"), "image/png", png(n)));
    let files = iter::once(File::new("0.jpg", "image/jpeg", large_jpeg(0, 1500))).chain(small);
    client.upload(&id, files.collect()).await.expect("uploaded");
    let images = client.images(&id, 0, "").await.expect("a list").images;
    let names: Vec<_> = images.iter().map(|image| image.name.split('.').next().unwrap_or_default()).collect();
    assert_eq!(names, (0..12).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn calls_at_the_same_time_make_one_order_by_the_places_they_name() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let file = |n: u32| File::new(&format!("{n}.png"), "image/png", png(n));
    // Of twelve files each fourth in one call.
    let calls = (0..4).rev().map(|call| {
        let numbers = [call, call + 4, call + 8];
        let places = numbers.map(|n| u64::from(n) + 1).to_vec();
        client.upload_at(&id, places, numbers.map(file).into())
    });
    join_all(calls).await.into_iter().for_each(|reports| assert_eq!(reports.expect("uploaded").len(), 3));
    // Who has none, or whose place is another's, stands behind all.
    client.upload(&id, vec![file(100)]).await.expect("uploaded");
    let reports = client.upload_at(&id, vec![1, 1], vec![file(200), file(3)]).await.expect("uploaded");
    assert_eq!(reports[0].outcome(), UploadOutcome::Added);
    assert_eq!(reports[1].outcome(), UploadOutcome::Present);
    let images = client.images(&id, 0, "").await.expect("a list").images;
    let names: Vec<_> =
        images.iter().map(|image| image.name.trim_end_matches(".png").parse::<u32>().expect("a number")).collect();
    let (placed, behind) = names.split_at(12);
    assert_eq!(placed, (0..12).collect::<Vec<u32>>());
    assert_eq!(behind, [100, 200]);
    assert_eq!(images.iter().take(12).map(|image| image.place).collect::<Vec<_>>(), (1..13).collect::<Vec<_>>());

    for place in [0, u64::MAX] {
        let refused = client.upload_at(&id, vec![place], vec![file(300)]).await.expect_err("no place");
        assert_eq!(refused.reason, Some(Reason::FieldInvalid));
    }
}

#[tokio::test]
async fn the_same_bytes_in_another_task_are_another_image() {
    let harness = Harness::start().await;
    let (one, other) = (harness.client(), harness.client());
    let file = vec![File::new("1.png", "image/png", png(1))];
    let first = one.create(draft("One")).await.expect("created").task_id;
    let second = other.create(draft("Other")).await.expect("created").task_id;
    let first = one.upload(&first, file.clone()).await.expect("uploaded").remove(0);
    let second = other.upload(&second, file).await.expect("uploaded").remove(0);
    assert_eq!(second.outcome(), UploadOutcome::Added);
    assert_ne!(first.image_id, second.image_id);
}

#[tokio::test]
async fn many_uploads_of_the_same_files_at_once_add_each_once() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    // The same bytes under different names, and the same names.
    let calls = (0..6).map(|call| {
        let files = (0..25).map(|n| File::new(&format!("{}-{n}.png", call % 3), "image/png", png(n)));
        client.upload(&id, files.collect())
    });
    let reports: Vec<_> = join_all(calls).await.into_iter().flat_map(|reports| reports.expect("uploaded")).collect();
    let added = reports.iter().filter(|report| report.outcome() == UploadOutcome::Added).count();
    let ids: BTreeSet<_> = reports.iter().map(|report| report.image_id.as_str()).collect();
    assert_eq!((added, ids.len(), reports.len()), (25, 25, 150));
    assert_eq!(client.get(&id).await.expect("found").images, 25);
    assert_eq!(harness.number("SELECT count(*) FROM image").await, 25);
}

#[tokio::test]
async fn large_files_pass_through_little_memory_many_at_once() {
    // Room for one large file at a time: those that wait for each other must come through one by one.
    let harness = Harness::with(|config| {
        config.images.max_bytes = 2 * 1024 * 1024;
        config.images.upload_memory_bytes = 0;
    })
    .await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let calls = (0..8).map(|n| {
        let file = File::new(&format!("{n}.jpg"), "image/jpeg", large_jpeg(n, 900));
        assert!(file.bytes.len() > 600_000, "outgrows its small place");
        client.upload(&id, vec![file])
    });
    for reports in join_all(calls).await {
        assert_eq!(reports.expect("uploaded")[0].outcome(), UploadOutcome::Added);
    }
}

#[tokio::test]
async fn a_full_task_takes_no_more_but_knows_what_it_has() {
    let harness = Harness::with(|config| config.images.max_per_task = 2).await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    for n in 0..2 {
        let report = client.upload(&id, vec![File::new(&n.to_string(), "", png(n))]).await.expect("uploaded");
        assert_eq!(report[0].outcome(), UploadOutcome::Added);
    }
    let files = vec![File::new("0", "", png(0)), File::new("2", "", png(2))];
    let reports = client.upload(&id, files).await.expect("uploaded");
    assert_eq!(reports[0].outcome(), UploadOutcome::Present);
    assert_eq!(Harness::reason(&reports[1]), Some(Reason::TaskFull));
}

#[tokio::test]
async fn what_was_reported_before_a_stream_breaks_is_kept() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let mut messages = File::new("whole.png", "image/png", png(1)).messages(&id);
    let part = Part { name: "half.png".into(), data: png(2)[..20].to_vec().into(), ..Part::default() };
    messages.push(UploadImagesRequest { task_id: String::new(), part: Some(part), ..Default::default() });
    let (reports, end) = client.send(messages).await;
    assert_eq!(end.expect_err("broken").reason, Some(Reason::Malformed));
    assert_eq!(reports.iter().map(|report| report.name.as_str()).collect::<Vec<_>>(), ["whole.png"]);
    assert_eq!(client.images(&id, 0, "").await.expect("a list").images.len(), 1);
}

#[tokio::test]
async fn a_message_that_breaks_a_rule_ends_the_call() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let other = client.create(draft("Other")).await.expect("created").task_id;
    let without = client.send(vec![UploadImagesRequest { part: Some(Part::default()), ..Default::default() }]).await;
    assert_eq!(without.1.expect_err("no task").field.as_deref(), Some("task_id"));
    let first = File::new("1.png", "", png(1)).messages(&id);
    let second = File::new("2.png", "", png(2)).messages(&other);
    let (reports, end) = client.send([first.clone(), second].concat()).await;
    assert_eq!((reports.len(), end.expect_err("another task").field.as_deref()), (1, Some("task_id")));
    let empty = UploadImagesRequest { task_id: String::new(), part: None, ..Default::default() };
    let (_, end) = client.send([first, vec![empty]].concat()).await;
    assert_eq!(end.expect_err("no part").reason, Some(Reason::FieldInvalid));
}

#[tokio::test]
async fn a_task_that_is_no_draft_takes_no_images() {
    let harness = Harness::start().await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    client.upload(&id, vec![File::new("1", "", png(1))]).await.expect("uploaded");
    client.submit(&id).await.expect("submitted");
    let refused = client.upload(&id, vec![File::new("2", "", png(2))]).await.expect_err("open");
    assert_eq!(refused.reason, Some(Reason::TaskNotDraft));
}
