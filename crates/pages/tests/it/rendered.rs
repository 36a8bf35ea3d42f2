//! The image of a page that only a browser can tell.

use labelmesh_pages::{Error, Options, Reason, Rule, lead_image};

use crate::shown::Shown;

#[tokio::test]
async fn an_image_that_a_script_shows_is_found_in_a_browser() {
    let Some(shown) = Shown::start("an_image_that_a_script_shows_is_found_in_a_browser").await else { return };
    let url = shown.url("/by-script");
    let by_text = lead_image(&shown.outbound, None, &url, Options::default()).await;
    assert_eq!(by_text, Err(Error::NoImage(Vec::new())));
    let seen = lead_image(&shown.outbound, Some(&shown.renderer), &url, Options::default()).await.expect("an image");
    assert_eq!((seen.url.path(), seen.rule), ("/photo-main.png", Rule::LargestPaint));
    assert_eq!((seen.width, seen.height, seen.media_type), (600, 400, "image/png"));
    let others: Vec<_> = seen.runners_up.iter().map(|other| (other.url.path(), other.reason)).collect();
    assert_eq!(others, [("/photo-below.png", Reason::NotTried), ("/photo-beside.png", Reason::NotTried)]);
}

#[tokio::test]
async fn a_page_that_says_so_itself_needs_no_browser() {
    let Some(shown) = Shown::start("a_page_that_says_so_itself_needs_no_browser").await else { return };
    let url = shown.url("/said");
    let found = lead_image(&shown.outbound, Some(&shown.renderer), &url, Options::default()).await.expect("an image");
    assert_eq!((found.url.path(), found.rule), ("/photo-said.png", Rule::OpenGraph));
    let itself = lead_image(&shown.outbound, Some(&shown.renderer), &shown.url("/untrue"), Options::default()).await;
    assert_eq!(itself.expect("a picture that is called HTML").rule, Rule::Page);
    assert_eq!(shown.browser.process().await, None);
}

#[tokio::test]
async fn a_page_that_can_not_be_seen_is_judged_by_its_text() {
    let Some(shown) = Shown::start("a_page_that_can_not_be_seen_is_judged_by_its_text").await else { return };
    let url = shown.url("/goes-inside");
    let found = lead_image(&shown.outbound, Some(&shown.renderer), &url, Options::default()).await;
    assert_eq!(found, Err(Error::NoImage(Vec::new())));
}
