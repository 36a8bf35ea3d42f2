//! Pictures of web pages: without a browser, and with a real one where there is one.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::renditions::v1::{
    Format, LeadImage, Output, PageView, Screenshot, Spec, Transformation, TransformationState, spec,
    transformation_result,
};
use labelmesh_servers::{Chromium, chromium};
use labelmesh_testkit::until;
use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};
use renditions::{Kind, WorkerConfig};
use tonic_types::RpcStatusExt as _;

use crate::harness::{Client, Harness, Site, crop};

/// Where there is no browser.
const NOWHERE: &str = "/nowhere/chromium";

fn lead_image(url: String) -> Spec {
    Spec { kind: Some(spec::Kind::LeadImage(LeadImage { url, ..LeadImage::default() })) }
}

fn screenshot(url: String) -> Screenshot {
    Screenshot { url, width: 640, ..Screenshot::default() }
}

fn shown(screenshot: Screenshot) -> Spec {
    Spec { kind: Some(spec::Kind::Screenshot(screenshot)) }
}

/// Pages on loopback may be looked at.
async fn harness(change: impl FnOnce(&mut WorkerConfig)) -> Harness {
    Harness::with(|config, worker| {
        let loopback = vec!["127.0.0.1/32".parse().expect("a network")];
        config.pages.allow.clone_from(&loopback);
        worker.pages.allow = loopback;
        worker.pages.chromium = Some(NOWHERE.into());
        change(worker);
    })
    .await
}

/// The same with a browser. Without one it says that a test is not run.
async fn harness_with(browser: Option<Chromium>, test: &str) -> Option<Harness> {
    let Some(Chromium { program, user }) = browser else {
        eprintln!("NOT RUN: no Chromium for {test}");
        return None;
    };
    let with_browser = |worker: &mut WorkerConfig| {
        worker.pages.chromium = Some(program);
        worker.pages.user = user;
    };
    Some(harness(with_browser).await)
}

async fn ended(client: &Client, spec: Spec) -> Transformation {
    let created = client.create("", spec).await.expect("created");
    client.ended(&created.transformation_id).await
}

fn reason(failed: &Transformation) -> Option<Reason> {
    assert_eq!(failed.state(), TransformationState::Failed, "{failed:?}");
    Reason::from_wire_name(&failed.failure.as_ref()?.get_details_error_info()?.reason)
}

fn view(made: &Transformation) -> &PageView {
    let rendition = made.renditions.first().unwrap_or_else(|| panic!("{made:?}"));
    rendition.page.as_ref().expect("a page")
}

#[tokio::test]
async fn the_image_that_a_page_is_about_is_found_without_a_browser_and_written_anew() {
    let (harness, site) = (harness(|_| {}).await, Site::start().await);
    let client = harness.client();
    let _worker = harness.worker_of(&[Kind::LeadImage]).await;
    let made = ended(&client, lead_image(site.url("/article"))).await;
    let found = view(&made).lead_image.as_ref().expect("an image");
    assert_eq!((found.url.as_str(), found.rule.as_str()), (site.url("/boat.jpg").as_str(), "og:image"));
    assert!(found.score > 0.9 && found.rejected.is_empty(), "{found:?}");
    let others = &view(&made).runners_up;
    assert!(others.iter().any(|other| other.url == site.url("/small.jpg") && other.rejected == "not tried"));
    let rendition = &made.renditions[0];
    assert_eq!((rendition.width, rendition.height, rendition.media_type.as_str()), (640, 480, "image/jpeg"));
    assert_eq!((made.source_sha256.as_str(), rendition.window), ("", None));
    let (bytes, media_type) = client.rendition(&made.transformation_id).await.expect("a picture");
    assert_eq!((bytes.len() as u64, media_type.as_str()), (rendition.size_bytes, "image/jpeg"));

    let output = Some(Output { format: Format::Webp.into(), ..Output::default() });
    let wanted = LeadImage { url: site.url("/article"), output, ..LeadImage::default() };
    let made = ended(&client, Spec { kind: Some(spec::Kind::LeadImage(wanted)) }).await;
    assert_eq!(made.renditions[0].media_type, "image/webp");
}

#[tokio::test]
async fn a_page_is_looked_at_once_a_day_whoever_asks_and_anew_for_whoever_wants_that() {
    let (harness, site) = (harness(|_| {}).await, Site::start().await);
    let (client, other) = (harness.client(), harness.client());
    let _worker = harness.worker_of(&[Kind::LeadImage]).await;
    let daily = lead_image(site.url("/article"));
    ended(&client, daily.clone()).await;
    let known = other.create("", daily.clone()).await.expect("created");
    assert_eq!((known.state(), site.hits("/article")), (TransformationState::Succeeded, 1));
    // The same page, written otherwise.
    let same = client.create("", lead_image(site.url("/x/../article#top"))).await.expect("created");
    assert_eq!(same.state(), TransformationState::Succeeded);

    let anew = LeadImage { url: site.url("/article"), anew: true, ..LeadImage::default() };
    for hits in [2, 3] {
        let anew = Spec { kind: Some(spec::Kind::LeadImage(anew.clone())) };
        assert_eq!(ended(&client, anew).await.state(), TransformationState::Succeeded);
        assert_eq!(site.hits("/article"), hits);
    }
    harness.clock.advance(TimeDelta::hours(24));
    let client = harness.client();
    assert_eq!(ended(&client, daily).await.state(), TransformationState::Succeeded);
    assert_eq!(site.hits("/article"), 4, "another day");
}

#[tokio::test]
async fn whatever_is_wrong_with_a_page_has_a_reason() {
    let change = |worker: &mut WorkerConfig| {
        worker.pictures.max_bytes = 400_000;
        worker.deadlines.lead_image = Duration::from_secs(6);
    };
    let (harness, site) = (harness(change).await, Site::start().await);
    let client = harness.client();
    let _worker = harness.worker_of(&[Kind::LeadImage]).await;
    for (path, expected) in [
        ("/missing", Reason::PageUnreachable),
        ("/inside", Reason::AddressRefused),
        ("/large", Reason::PageTooLarge),
        ("/file", Reason::NotAPage),
        ("/bare", Reason::NoLeadImage),
        ("/endless", Reason::TookTooLong),
    ] {
        assert_eq!(reason(&ended(&client, lead_image(site.url(path))).await), Some(expected), "{path}");
    }
    let nobody = lead_image("http://127.0.0.1:1/".to_owned());
    assert_eq!(reason(&ended(&client, nobody).await), Some(Reason::PageUnreachable));
    // The worker goes on.
    let made = ended(&client, lead_image(site.url("/article"))).await;
    assert_eq!(made.state(), TransformationState::Succeeded);
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_at_once() {
    let harness = harness(|_| {}).await;
    let client = harness.client();
    for url in ["http://127.0.0.2/", "http://[::1]/", "http://2130706434/", "https://10.0.0.1/x", "http://0xa9fea9fe/"]
    {
        for spec in [lead_image(url.to_owned()), shown(screenshot(url.to_owned()))] {
            let refused = client.create("", spec).await.expect_err(url);
            assert_eq!(refused.reason, Some(Reason::AddressRefused), "{url}");
        }
    }
    assert_eq!(harness.told().await, 0);
}

#[tokio::test]
async fn a_page_has_no_source_and_what_makes_no_sense_is_refused_by_its_field() {
    let harness = harness(|_| {}).await;
    let client = harness.client();
    let source = client.source(1).await;
    let url = || "https://example.com/".to_owned();
    let many = LeadImage { url: url(), max_candidates: 21, ..LeadImage::default() };
    for (source, spec, field) in [
        (source.as_str(), shown(screenshot(url())), "source_sha256"),
        (source.as_str(), lead_image(url()), "source_sha256"),
        ("", crop(50, 50), "source_sha256"),
        ("", lead_image(String::new()), "lead_image.url"),
        ("", shown(screenshot("file:///etc/passwd".to_owned())), "screenshot.url"),
        ("", shown(screenshot("https://me:secret@example.com/".to_owned())), "screenshot.url"),
        ("", shown(Screenshot { width: 319, ..screenshot(url()) }), "screenshot.width"),
        ("", shown(Screenshot { scale: f64::NAN, ..screenshot(url()) }), "screenshot.scale"),
        ("", shown(Screenshot { max_height: 16_385, ..screenshot(url()) }), "screenshot.max_height"),
        ("", Spec { kind: Some(spec::Kind::LeadImage(many)) }, "lead_image.max_candidates"),
    ] {
        let refused = client.create(source, spec).await.expect_err(field);
        assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some(field)));
    }
}

#[tokio::test]
async fn what_is_not_offered_is_refused_by_name_and_nothing_else() {
    let harness = Harness::with(|config, _| config.kinds = vec![Kind::Crop, Kind::LeadImage]).await;
    let client = harness.client();
    let source = client.source(1).await;
    let page = || "https://example.com/".to_owned();
    let refused = client.create("", shown(screenshot(page()))).await.expect_err("not offered");
    assert_eq!(refused.reason, Some(Reason::KindNotOffered));
    let items = vec![("", shown(screenshot(page()))), ("", lead_image(page())), (&*source, crop(50, 50))];
    let batch = client.create_all(items, "").await.expect("created");
    let is_made = batch
        .results
        .iter()
        .map(|result| matches!(&result.result, Some(transformation_result::Result::Transformation(_))));
    assert_eq!(is_made.collect::<Vec<_>>(), [false, true, true]);
}

#[tokio::test]
async fn a_worker_without_a_browser_makes_all_else_unless_it_is_told_to_make_screenshots() {
    let (harness, site) = (harness(|_| {}).await, Site::start().await);
    let client = harness.client();
    let told = harness.try_worker(Some(&[Kind::Crop, Kind::Screenshot])).await;
    let refused = told.err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(refused.contains("no screenshots can be made") && refused.contains("Chromium"), "{refused}");
    let _worker = harness.try_worker(None).await.expect("it starts");
    let waiting = client.create("", shown(screenshot(site.url("/")))).await.expect("created").transformation_id;
    let source = client.source(1).await;
    let cropped = client.create(&source, crop(50, 50)).await.expect("created").transformation_id;
    assert_eq!(client.ended(&cropped).await.state(), TransformationState::Succeeded);
    let found = ended(&client, lead_image(site.url("/article"))).await;
    assert_eq!(found.state(), TransformationState::Succeeded);
    assert_eq!(client.get(&waiting).await.expect("found").state(), TransformationState::Queued);
}

#[tokio::test]
async fn where_the_browser_does_not_start_a_page_is_judged_by_its_html_and_is_not_said_to_have_no_image() {
    let with_nothing = |worker: &mut WorkerConfig| {
        worker.pages.chromium = Some("/bin/false".into());
        worker.pages.user = nix::unistd::geteuid().is_root().then_some((65_534, 65_534));
    };
    let (harness, site) = (harness(with_nothing).await, Site::start().await);
    let client = harness.client();
    let _worker = harness.worker_of(&[Kind::LeadImage]).await;
    let guessed = ended(&client, lead_image(site.url("/guessed"))).await;
    let found = view(&guessed).lead_image.as_ref().expect("an image");
    assert_eq!(found.url, site.url("/small.jpg"));
    assert_eq!(reason(&ended(&client, lead_image(site.url("/bare"))).await), Some(Reason::WorkerLost));
}

#[tokio::test]
async fn pages_of_a_client_are_listed_exported_and_removed_as_all_else_is() {
    let (harness, site) = (harness(|_| {}).await, Site::start().await);
    let client = harness.client();
    let _worker = harness.worker_of(&[Kind::LeadImage]).await;
    let made = ended(&client, lead_image(site.url("/article"))).await;
    let listed = client.list("", 0, "").await.expect("a list").transformations;
    let picture = format!("transformations/{}/{}", harness.key().await, made.renditions[0].sha256);
    assert!(harness.blobs.get(&picture).await.expect("S3").is_some());
    assert_eq!(listed, [made]);
    assert_eq!(client.export().await.iter().filter(|record| record.transformation.is_some()).count(), 1);
    harness.execute("UPDATE transformation SET ended_at = ended_at - interval '31 days'").await;
    harness.execute("UPDATE job SET ended_at = ended_at - interval '31 days'").await;
    harness.none_left("SELECT count(*) FROM job").await;
    assert!(harness.blobs.get(&picture).await.expect("S3").is_none());
}

/// A worker that is killed when it has stored a picture and not said so leaves it behind. The page has another one when
/// it is looked at again.
#[tokio::test]
async fn what_another_worker_has_left_of_a_page_that_changes_is_not_taken_for_what_is_told() {
    let (harness, site) = (harness(|_| {}).await, Site::start().await);
    let client = harness.client();
    let worker = harness.worker_of(&[Kind::LeadImage]).await;
    let asked = client.create("", lead_image(site.url("/changing"))).await.expect("created").transformation_id;
    let first = client.ended(&asked).await.renditions.remove(0);
    worker.shutdown().await.expect("it stops");
    harness.blobs.delete(&format!("transformations/{}.json", harness.key().await)).await.expect("deleted");
    harness.lose_news().await;
    let _worker = harness.worker_of(&[Kind::LeadImage]).await;
    let second = until("another picture", async || {
        let found = client.get(&asked).await.expect("found");
        (found.state() == TransformationState::Succeeded).then(|| found.renditions[0].clone())
    });
    let second = second.await;
    assert_eq!((first.width, second.width), (641, 642));
    let (bytes, _) = client.rendition(&asked).await.expect("a picture");
    assert_eq!(
        (bytes.len() as u64, image::load_from_memory(&bytes).expect("it is one").width()),
        (second.size_bytes, 642)
    );
}

#[tokio::test]
async fn a_page_is_shown_as_a_browser_shows_it() {
    let test = "a_page_is_shown_as_a_browser_shows_it";
    let Some(harness) = harness_with(chromium(), test).await else { return };
    let (client, site) = (harness.client(), Site::start().await);
    let _worker = harness.worker_of(&[Kind::Screenshot]).await;
    let made = ended(&client, shown(screenshot(site.url("/moved")))).await;
    let rendition = made.renditions.first().unwrap_or_else(|| panic!("{made:?}"));
    assert_eq!((rendition.width, rendition.height, rendition.media_type.as_str()), (640, 3_000, "image/png"));
    let seen = view(&made);
    assert_eq!((seen.url.as_str(), seen.timed_out, seen.cut), (site.url("/long").as_str(), false, false));
    let (bytes, _) = client.rendition(&made.transformation_id).await.expect("a picture");
    let pixels = image::load_from_memory(&bytes).expect("a picture").to_rgb8();
    assert_eq!(pixels.get_pixel(600, 2_900).0, [0x33, 0x66, 0xcc]);

    let cut = Screenshot { max_height: 700, scale: 2.0, ..screenshot(site.url("/long")) };
    let made = ended(&client, shown(cut)).await;
    assert_eq!((made.renditions[0].width, made.renditions[0].height, view(&made).cut), (1_280, 700, true));
    let window = Screenshot { window_only: true, ..screenshot(site.url("/long")) };
    let made = ended(&client, shown(window)).await;
    assert_eq!((made.renditions[0].height, view(&made).cut), (480, false));
    // It gives itself an address that no event holds.
    let made = ended(&client, shown(screenshot(site.url("/renamed")))).await;
    assert_eq!(view(&made).url, site.url("/"));
    let output = Some(Output { format: Format::Jpeg.into(), quality: 60, all_frames: false });
    let made = ended(&client, shown(Screenshot { output, ..screenshot(site.url("/")) })).await;
    assert_eq!((made.renditions[0].media_type.as_str(), made.renditions[0].height), ("image/jpeg", 500));
}

#[tokio::test]
async fn whatever_is_wrong_with_a_page_that_is_to_be_shown_has_a_reason() {
    let test = "whatever_is_wrong_with_a_page_that_is_to_be_shown_has_a_reason";
    let Some(harness) = harness_with(chromium(), test).await else { return };
    let (client, site) = (harness.client(), Site::start().await);
    let _worker = harness.worker_of(&[Kind::Screenshot]).await;
    for (path, expected) in
        [("/missing", Reason::PageUnreachable), ("/inside", Reason::AddressRefused), ("/file", Reason::NotAPage)]
    {
        assert_eq!(reason(&ended(&client, shown(screenshot(site.url(path)))).await), Some(expected), "{path}");
    }
    let nobody = shown(screenshot("http://127.0.0.1:1/".to_owned()));
    assert_eq!(reason(&ended(&client, nobody).await), Some(Reason::PageUnreachable));
}

/// A Chromium whose first process writes its number into a folder.
fn told_by(Chromium { program, user }: Chromium, folder: &Path) -> Chromium {
    let script = folder.join("chromium");
    let (number, program) = (folder.join("number"), program.display().to_string());
    fs::write(&script, format!("#!/bin/sh\necho $$ > {}\nexec {program} \"$@\"\n", number.display())).expect("written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("may be run");
    // Whoever runs it may be somebody else.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).expect("may be written to");
    Chromium { program: script, user }
}

/// The group of processes of a browser that was started by [`told_by`].
fn group(folder: &Path) -> Pid {
    let number = fs::read_to_string(folder.join("number")).expect("a number");
    Pid::from_raw(number.trim().parse().expect("a number"))
}

#[tokio::test]
async fn a_browser_that_is_lost_is_not_the_jobs_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let browser = chromium().map(|found| told_by(found, folder.path()));
    let Some(harness) = harness_with(browser, "a_browser_that_is_lost_is_not_the_jobs_fault").await else { return };
    let (client, site) = (harness.client(), Site::start().await);
    let _worker = harness.worker_of(&[Kind::Screenshot]).await;
    let asked = client.create("", shown(screenshot(site.url("/held")))).await.expect("created").transformation_id;
    until("the page to be asked for", async || (site.hits("/held") == 1).then_some(())).await;
    killpg(group(folder.path()), Signal::SIGKILL).expect("killed");
    site.release();
    let made = client.ended(&asked).await;
    assert_eq!((made.state(), site.hits("/held")), (TransformationState::Succeeded, 2), "{made:?}");
    assert_eq!(harness.told().await, 1, "it was queued once");
}

#[tokio::test]
async fn a_page_at_which_the_browser_is_lost_three_times_fails_its_job_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let browser = chromium().map(|found| told_by(found, folder.path()));
    let test = "a_page_at_which_the_browser_is_lost_three_times_fails_its_job_alone";
    let Some(harness) = harness_with(browser, test).await else { return };
    let (client, site) = (harness.client(), Site::start().await);
    let _worker = harness.worker_of(&[Kind::Screenshot]).await;
    let asked = client.create("", shown(screenshot(site.url("/slow")))).await.expect("created").transformation_id;
    for hits in 1..=3 {
        until("the page to be shown", async || (site.hits("/slow.png") == hits).then_some(())).await;
        killpg(group(folder.path()), Signal::SIGKILL).expect("killed");
    }
    assert_eq!(reason(&client.ended(&asked).await), Some(Reason::WorkerLost));
    let made = ended(&client, shown(screenshot(site.url("/")))).await;
    assert_eq!((made.state(), site.hits("/slow")), (TransformationState::Succeeded, 3));
}

/// Kills the processes of a browser that run pages.
#[cfg(target_os = "linux")]
fn crash_pages(group: Pid) {
    for entry in fs::read_dir("/proc").expect("Linux has it").flatten() {
        let told = |name: &str| fs::read_to_string(entry.path().join(name)).unwrap_or_default();
        // The number of the group is the third word behind the name, which is in brackets.
        let stat = told("stat");
        let is_of_group =
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(2)) == Some(&group.to_string());
        if is_of_group && told("cmdline").contains("--type=renderer") {
            let number = entry.file_name().to_string_lossy().parse().expect("a process has a number");
            // It may have ended by itself.
            let _ = kill(Pid::from_raw(number), Signal::SIGKILL);
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_page_that_crashes_time_and_again_fails_its_job_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let browser = chromium().map(|found| told_by(found, folder.path()));
    let test = "a_page_that_crashes_time_and_again_fails_its_job_alone";
    let Some(harness) = harness_with(browser, test).await else { return };
    let (client, site) = (harness.client(), Site::start().await);
    let _worker = harness.worker_of(&[Kind::Screenshot]).await;
    let asked = client.create("", shown(screenshot(site.url("/slow")))).await.expect("created").transformation_id;
    for hits in 1..=4 {
        until("the page to be shown", async || (site.hits("/slow.png") == hits).then_some(())).await;
        crash_pages(group(folder.path()));
    }
    assert_eq!(reason(&client.ended(&asked).await), Some(Reason::WorkerLost));
    let made = ended(&client, shown(screenshot(site.url("/")))).await;
    assert_eq!((made.state(), site.hits("/slow")), (TransformationState::Succeeded, 4));
}
