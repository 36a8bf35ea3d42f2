//! From an address to a picture of a page.

use std::time::Duration;

use image::{ImageFormat, RgbImage};
use labelmesh_outbound::{Fault, Limits};
use labelmesh_pages::{RenderError, Screenshot, ScreenshotOptions, screenshot};
use labelmesh_testkit::until;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::Instant;

use crate::shown::Shown;

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];

fn options() -> ScreenshotOptions {
    ScreenshotOptions { width: 800, height: 600, time: Duration::from_secs(60), ..ScreenshotOptions::default() }
}

async fn shot(shown: &Shown, path: &str) -> Result<Screenshot, RenderError> {
    screenshot(&shown.renderer, &shown.url(path), options()).await
}

/// Its pixels, as many as it says.
fn pixels(shot: &Screenshot) -> RgbImage {
    let pixels = image::load_from_memory_with_format(&shot.bytes, ImageFormat::Png).expect("a PNG").to_rgb8();
    assert_eq!(pixels.dimensions(), (shot.width, shot.height));
    pixels
}

fn whole(shot: &Screenshot) -> bool {
    !shot.timed_out && !shot.limited && !shot.cut
}

#[tokio::test]
async fn a_page_is_pictured_behind_its_redirects() {
    let Some(shown) = Shown::start("a_page_is_pictured_behind_its_redirects").await else { return };
    let taken = shot(&shown, "/moved#part").await.expect("a picture");
    assert_eq!((taken.url.path(), taken.status, whole(&taken)), ("/plain", Some(200), true));
    let pixels = pixels(&taken);
    assert_eq!(pixels.dimensions(), (800, 600));
    assert_eq!(pixels.get_pixel(400, 300).0, BLUE);
}

#[tokio::test]
async fn lazy_images_are_loaded() {
    let Some(shown) = Shown::start("lazy_images_are_loaded").await else { return };
    let taken = shot(&shown, "/lazy").await.expect("a picture");
    let pixels = pixels(&taken);
    assert_eq!((pixels.height(), whole(&taken)), (900 + 5000 + 900 + 3000 + 900, true));
    for (y, color) in [(450, RED), (900 + 5000 + 450, GREEN), (900 + 5000 + 900 + 3000 + 450, BLUE)] {
        assert_eq!(pixels.get_pixel(400, y).0, color, "at {y}");
    }
}

#[tokio::test]
async fn a_page_is_cut_where_it_is_too_high() {
    let Some(shown) = Shown::start("a_page_is_cut_where_it_is_too_high").await else { return };
    let taken = shot(&shown, "/high").await.expect("a picture");
    assert_eq!((taken.width, taken.height, taken.cut), (800, 16_384, true));
    assert_eq!(pixels(&taken).get_pixel(400, 16_383).0, GREEN);
    let twice = ScreenshotOptions { scale: 2.0, max_height: 3000, ..options() };
    let taken = screenshot(&shown.renderer, &shown.url("/high"), twice).await.expect("a picture");
    assert_eq!((taken.width, taken.height, taken.cut), (1600, 3000, true));
    let window = ScreenshotOptions { full_page: false, ..options() };
    let taken = screenshot(&shown.renderer, &shown.url("/high"), window).await.expect("a picture");
    assert_eq!((taken.width, taken.height, taken.cut), (800, 600, false));
}

#[tokio::test]
async fn what_is_as_high_as_the_window_stays_so() {
    let Some(shown) = Shown::start("what_is_as_high_as_the_window_stays_so").await else { return };
    let pixels = pixels(&shot(&shown, "/windows").await.expect("a picture"));
    assert_eq!(pixels.dimensions(), (800, 2600));
    assert_eq!([599, 600].map(|y| pixels.get_pixel(400, y).0), [RED, BLUE]);
}

#[tokio::test]
async fn a_page_that_never_ends_is_taken_as_it_is() {
    let Some(shown) = Shown::start("a_page_that_never_ends_is_taken_as_it_is").await else { return };
    // Its start is not the page's time.
    shown.browser.version().await.expect("it starts");
    for path in ["/polls", "/waits", "/loops"] {
        let started = Instant::now();
        let short = ScreenshotOptions { time: Duration::from_secs(10), ..options() };
        let taken = screenshot(&shown.renderer, &shown.url(path), short).await;
        let taken = taken.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(taken.timed_out && started.elapsed() < Duration::from_secs(60), "{path}");
    }
    assert!(whole(&shot(&shown, "/streams").await.expect("a picture")), "streams are not waited for");
}

#[tokio::test]
async fn nothing_that_asks_is_waited_for() {
    let Some(shown) = Shown::start("nothing_that_asks_is_waited_for").await else { return };
    assert!(whole(&shot(&shown, "/asks").await.expect("a picture")));
}

#[tokio::test]
async fn addresses_that_are_not_public_are_refused() {
    let Some(shown) = Shown::start("addresses_that_are_not_public_are_refused").await else { return };
    let refused = Err(RenderError::AddressRefused(Fault::AddressRefused));
    for url in ["http://10.0.0.1/", "https://[::1]/", "http://169.254.169.254/latest/", "http://0x0a.1/"] {
        assert_eq!(screenshot(&shown.renderer, url, options()).await, refused, "{url}");
    }
    for url in
        ["file:///etc/passwd", "data:text/html,x", "javascript:1", "chrome://version", "http://a@pages.test/", "x"]
    {
        let invalid = Err(RenderError::AddressRefused(Fault::UrlInvalid));
        assert_eq!(screenshot(&shown.renderer, url, options()).await, invalid, "{url}");
    }
    assert_eq!(shown.browser.process().await, None, "no browser was asked");
    for url in ["http://inside.test/", "https://inside.test/"] {
        assert_eq!(screenshot(&shown.renderer, url, options()).await, refused, "{url}");
    }
    for path in ["/moved-inside", "/goes-inside"] {
        assert_eq!(shot(&shown, path).await, refused, "{path}");
    }
    let port = screenshot(&shown.renderer, "http://8.8.8.8:8080/", options()).await;
    assert_eq!(port, Err(RenderError::AddressRefused(Fault::PortRefused)));
}

#[tokio::test]
async fn what_is_no_page_is_told() {
    let Some(shown) = Shown::start("what_is_no_page_is_told").await else { return };
    for path in ["/paper", "/file"] {
        assert_eq!(shot(&shown, path).await, Err(RenderError::NotAPage), "{path}");
    }
    let unknown = screenshot(&shown.renderer, "http://unknown.test/", options()).await;
    assert_eq!(unknown, Err(RenderError::Unreachable(Some(Fault::NameUnknown))));
    let nobody = format!("http://127.0.0.1:{}/", labelmesh_servers::free_port().expect("a port"));
    let nobody = screenshot(&shown.renderer, &nobody, options()).await;
    assert_eq!(nobody, Err(RenderError::Unreachable(Some(Fault::NoConnection))));
    let short = ScreenshotOptions { time: Duration::from_secs(2), ..options() };
    let hangs = screenshot(&shown.renderer, &shown.url("/hang"), short).await;
    assert_eq!(hangs, Err(RenderError::TookTooLong));
    let taken = shot(&shown, "/00ff00.png").await.expect("a picture is shown as one");
    assert_eq!(pixels(&taken).get_pixel(400, 300).0, GREEN);
}

#[tokio::test]
async fn what_a_page_may_use_is_bounded() {
    let limits = Limits { bytes: 20_000, ..Limits::default() };
    let Some(shown) = Shown::with("what_a_page_may_use_is_bounded", limits).await else { return };
    assert_eq!(shot(&shown, "/huge").await, Err(RenderError::TooLarge));
    assert!(whole(&shot(&shown, "/plain").await.expect("a small one")));
    let limits = Limits { requests: 2, ..Limits::default() };
    let shown = Shown::with("what_a_page_may_use_is_bounded", limits).await.expect("there is a Chromium");
    let taken = shot(&shown, "/lazy").await.expect("what there is of it");
    assert!(taken.limited && !taken.timed_out);
}

#[tokio::test]
async fn banners_are_hidden_where_that_is_wanted() {
    let Some(shown) = Shown::start("banners_are_hidden_where_that_is_wanted").await else { return };
    let with = shot(&shown, "/consent").await.expect("a picture");
    assert_eq!(pixels(&with).get_pixel(400, 300).0, RED);
    let hidden = ScreenshotOptions { hide_banners: true, ..options() };
    let without = screenshot(&shown.renderer, &shown.url("/consent"), hidden).await.expect("a picture");
    assert_eq!(pixels(&without).get_pixel(400, 300).0, BLUE);
}

#[tokio::test]
async fn a_browser_that_dies_is_told_and_the_next_job_works() {
    let Some(shown) = Shown::start("a_browser_that_dies_is_told_and_the_next_job_works").await else { return };
    let dies = async {
        until("the page", async || shown.asked().contains(&"/hang".to_owned()).then_some(())).await;
        let process = shown.browser.process().await.expect("it runs");
        kill(Pid::from_raw(process), Signal::SIGKILL).expect("it is there");
    };
    let (taken, ()) = tokio::join!(shot(&shown, "/waits"), dies);
    assert_eq!(taken, Err(RenderError::BrowserLost));
    assert!(whole(&shot(&shown, "/plain").await.expect("a picture")));
    until("the end of the contexts", async || (shown.browser.jobs().await == Ok(0)).then_some(())).await;
}
