//! Images on their way out: the file, what operators get, and a thumbnail.

use std::{fmt::Write as _, sync::Arc};

use axum::{Router, response::Html, routing::get};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use image::{DynamicImage, ImageFormat, RgbImage};
use labelmesh_browser::Browser;
use labelmesh_errors::Reason;
use labelmesh_outbound::{Config, Outbound, SystemLookup};
use labelmesh_pages::{Renderer, ScreenshotOptions, screenshot};
use labelmesh_proto::tasks::v1::ImageSize::{Operator, Original, Thumbnail, Unspecified};
use tokio::net::TcpListener;

use crate::{
    harness::{Client, File, Harness, draft},
    pictures::{CORNERS, corners, photo_on_its_side, picture},
};

/// A draft with these files, and the ids of its images.
async fn uploaded(client: &Client, files: Vec<File>) -> (String, Vec<String>) {
    let task = client.create(draft("Photos")).await.expect("created").task_id;
    client.upload(&task, files).await.expect("uploaded");
    let images = client.images(&task, 0, "").await.expect("a list").images;
    (task, images.into_iter().map(|image| image.image_id).collect())
}

fn shown(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).expect("a picture")
}

fn has_exif(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|window| window == b"Exif")
}

#[tokio::test]
async fn an_owner_gets_the_file_what_operators_get_and_a_thumbnail() {
    let harness = Harness::start().await;
    let client = harness.client();
    let photo = photo_on_its_side(1, 2_400, 1_200);
    let (task, images) = uploaded(&client, vec![File::new("photo.jpg", "image/jpeg", photo.clone())]).await;
    let jpeg = |bytes| ("image/jpeg".to_owned(), bytes);
    for size in [Unspecified, Original] {
        assert_eq!(client.image(&task, &images[0], size).await.expect("found"), jpeg(photo.clone()), "byte by byte");
    }
    for (size, width, height) in [(Operator, 800, 1_600), (Thumbnail, 160, 320)] {
        let (media_type, bytes) = client.image(&task, &images[0], size).await.expect("found");
        let seen = shown(&bytes);
        assert_eq!((media_type.as_str(), seen.width(), seen.height()), ("image/jpeg", width, height), "{size:?}");
        assert!(!has_exif(&bytes), "{size:?}");
    }
    let by_others = harness.administrator().image(&task, &images[0], Original).await.expect("all are theirs to see");
    assert_eq!(by_others, jpeg(photo));
}

#[tokio::test]
async fn what_is_foreign_is_not_found_and_neither_is_an_image_of_another_task() {
    let harness = Harness::start().await;
    let client = harness.client();
    let file = |number| File::new("a.png", "image/png", picture(number, ImageFormat::Png));
    let (task, images) = uploaded(&client, vec![file(1)]).await;
    let (other, _) = uploaded(&client, vec![file(2)]).await;
    for size in [Original, Operator, Thumbnail] {
        let refused = harness.client().image(&task, &images[0], size).await.expect_err("not theirs");
        assert_eq!(refused.reason, Some(Reason::NotFound));
        let refused = client.image(&other, &images[0], size).await.expect_err("not there");
        assert_eq!(refused.reason, Some(Reason::NotFound));
    }
}

#[tokio::test]
async fn an_image_without_a_thumbnail_gets_one_on_the_way() {
    let harness = Harness::start().await;
    let client = harness.client();
    let photo = File::new("photo.jpg", "image/jpeg", photo_on_its_side(1, 900, 600));
    let (task, images) = uploaded(&client, vec![photo.clone()]).await;
    let stored = client.image(&task, &images[0], Thumbnail).await.expect("found");
    // As an earlier release has taken it.
    let key = format!("renditions/thumbnail/1/{}", photo.sha256());
    harness.blobs.delete(&key).await.expect("gone");
    let made = client.image(&task, &images[0], Thumbnail).await.expect("made");
    assert_eq!(made.0, "image/jpeg");
    assert_eq!((shown(&made.1).width(), shown(&made.1).height()), (213, 320));
    assert_eq!(shown(&stored.1).width(), 213);
}

#[tokio::test]
async fn thumbnails_are_webp_where_something_may_be_seen_through_and_small_images_are_their_own() {
    let harness = Harness::start().await;
    let client = harness.client();
    let wide = |format| {
        let picture = DynamicImage::new_rgba8(640, 20);
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    };
    let small = picture(1, ImageFormat::Png);
    let files = vec![
        File::new("wide.png", "", wide(ImageFormat::Png)),
        File::new("wide.gif", "", wide(ImageFormat::Gif)),
        File::new("small.png", "", small.clone()),
    ];
    let (task, images) = uploaded(&client, files).await;
    for image in &images[..2] {
        let (media_type, bytes) = client.image(&task, image, Thumbnail).await.expect("found");
        let seen = shown(&bytes);
        assert_eq!((media_type.as_str(), seen.width(), seen.height()), ("image/webp", 320, 10));
        assert_eq!(seen.to_rgba8().get_pixel(100, 5).0[3], 0, "clear");
    }
    let (media_type, bytes) = client.image(&task, &images[2], Thumbnail).await.expect("found");
    assert_eq!((media_type.as_str(), bytes), ("image/png", small));
}

/// A browser turns a picture as its Exif says. What it gets has none, and stands upright without.
#[tokio::test]
async fn all_eight_orientations_stand_upright_in_whatever_turns_them_or_not() {
    let harness = Harness::start().await;
    let client = harness.client();
    let size = (640, 400);
    let files = (1..=8).map(|turn| File::new(&format!("{turn}.jpg"), "image/jpeg", corners(turn, size)));
    let (task, images) = uploaded(&client, files.collect()).await;
    for (image, turn) in images.iter().zip(1..) {
        for (wanted, width, height) in [(Operator, 640, 400), (Thumbnail, 320, 200)] {
            let (_, bytes) = client.image(&task, image, wanted).await.expect("found");
            assert!(!has_exif(&bytes), "{turn} {wanted:?}");
            let seen = shown(&bytes).into_rgb8();
            assert_eq!(seen.dimensions(), (width, height), "{turn} {wanted:?}");
            assert_upright(&seen, (0, 0), (width, height), &format!("{turn} {wanted:?}"));
        }
    }
}

/// Each corner of a part of a picture has its color.
fn assert_upright(seen: &RgbImage, (left, top): (u32, u32), (width, height): (u32, u32), what: &str) {
    let (right, bottom) = (width - 9, height - 9);
    for ((x, y), color) in [(8, 8), (right, 8), (8, bottom), (right, bottom)].into_iter().zip(CORNERS) {
        let is = seen.get_pixel(left + x, top + y).0;
        let apart = is.iter().zip(color).map(|(is, should)| is.abs_diff(should)).max();
        assert!(apart < Some(24), "{what}: {is:?} at {x}, {y}, not {color:?}");
    }
}

/// What operators get, as a real browser shows it.
#[tokio::test]
async fn all_eight_orientations_stand_upright_in_a_browser() {
    let Some(chromium) = labelmesh_servers::chromium() else {
        eprintln!("NOT RUN: no Chromium for all_eight_orientations_stand_upright_in_a_browser");
        return;
    };
    let harness = Harness::start().await;
    let client = harness.client();
    let (width, height) = (320, 200);
    let files = (1..=8).map(|turn| File::new(&format!("{turn}.jpg"), "image/jpeg", corners(turn, (width, height))));
    let (task, images) = uploaded(&client, files.collect()).await;
    let mut page = "<!doctype html><style>body { margin: 0 } img { display: block }</style>".to_owned();
    for image in &images {
        let (_, bytes) = client.image(&task, image, Operator).await.expect("found");
        write!(page, "<img src='data:image/jpeg;base64,{}'>", BASE64_STANDARD.encode(bytes)).expect("it is text");
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let site = Router::new().route("/", get(async || Html(page)));
    tokio::spawn(async move { axum::serve(listener, site).await });
    let network = Config { allow: vec!["127.0.0.1/32".parse().expect("a network")], ..Config::default() };
    let outbound = Outbound::new(&network, "test", Arc::new(SystemLookup)).expect("TLS can be set up");
    let config = labelmesh_browser::Config {
        program: Some(chromium.program),
        user: chromium.user,
        ..labelmesh_browser::Config::default()
    };
    let browser = Browser::new(config).expect("it can be run");
    let renderer = Renderer::new(browser, outbound, network, Arc::new(SystemLookup));
    let options = ScreenshotOptions { width, height, ..ScreenshotOptions::default() };
    let shot = screenshot(&renderer, &url, options).await.expect("a picture of the page");
    let seen = shown(&shot.bytes).into_rgb8();
    assert_eq!(seen.dimensions(), (width, 8 * height));
    for turn in 0..8 {
        assert_upright(&seen, (0, turn * height), (width, height), &format!("orientation {}", turn + 1));
    }
}
