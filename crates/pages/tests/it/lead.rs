//! From an address to a picture, over HTTP.

use std::time::Duration;

use labelmesh_outbound::{Fault, Outbound};
use labelmesh_pages::{Error, LeadImage, Options, Reason, Rule, RunnerUp, lead_image};

use crate::{
    pages::{OTHERS, PAGES},
    site::Site,
};

async fn lead(site: &Site, path: &str) -> Result<LeadImage, Error> {
    lead_image(&site.outbound, None, &site.url(path), Options::default()).await
}

/// Paths and reasons of those that were looked at.
fn tried(runners_up: &[RunnerUp]) -> Vec<(&str, Reason)> {
    let tried = runners_up.iter().filter(|runner_up| runner_up.reason != Reason::NotTried);
    tried.map(|runner_up| (runner_up.url.path(), runner_up.reason)).collect()
}

#[tokio::test]
async fn each_page_gives_its_image() {
    let site = Site::start().await;
    for (name, path, rule) in PAGES {
        let expected = OTHERS.into_iter().find(|(other, _)| *other == name);
        let expected = expected.map_or(Some((path, rule)), |(_, expected)| expected);
        let found = lead(&site, &format!("/pages/{name}.html")).await;
        match (found, expected) {
            (Ok(found), Some(expected)) => {
                assert_eq!((found.url.path(), found.rule), expected, "{name}");
                assert_eq!((found.width, found.height, found.media_type), (640, 480, "image/jpeg"), "{name}");
            }
            (Err(Error::NoImage(_)), None) => {}
            (found, expected) => panic!("{name}: {expected:?}, and not {found:?}"),
        }
    }
}

#[tokio::test]
async fn what_was_not_taken_is_told_with_why() {
    let site = Site::start().await;
    let found = lead(&site, "/pages/judged.html").await.expect("the last one");
    assert_eq!(found.rule, Rule::Thumbnail);
    let expected = [
        ("/img/gone.jpg", Reason::Unreachable),
        ("/img/text.jpg", Reason::NotAPicture),
        ("/img/banner.jpg", Reason::TooNarrow),
        ("/img/flat.jpg", Reason::OneColor),
    ];
    assert_eq!(tried(&found.runners_up), expected);

    let found = lead(&site, "/pages/news.html").await.expect("the first one");
    assert!(tried(&found.runners_up).is_empty());
    assert_eq!(found.runners_up[0].url.path(), "/img/boats-600.jpg");

    let Err(Error::NoImage(runners_up)) = lead(&site, "/pages/only_logo.html").await else { panic!("there is none") };
    assert_eq!(tried(&runners_up), [("/img/small-logo.png", Reason::TooSmall)]);
}

#[tokio::test]
async fn a_page_reaches_nothing_inside() {
    let site = Site::start().await;
    let found = lead(&site, "/pages/inside.html").await.expect("the one outside");
    let expected = [
        ("/latest/meta-data/photo.jpg", Reason::AddressRefused),
        ("/redirected-inside.jpg", Reason::AddressRefused),
        ("/photo.jpg", Reason::AddressRefused),
    ];
    assert_eq!(tried(&found.runners_up), expected);
    assert_eq!(site.calls(), 3, "the page, the redirect and the image");
}

#[tokio::test]
async fn no_more_images_are_fetched_than_are_allowed() {
    let site = Site::start().await;
    let options = Options { max_candidates: 2, ..Options::default() };
    let found = lead_image(&site.outbound, None, &site.url("/pages/judged.html"), options).await;
    let Err(Error::NoImage(runners_up)) = found else { panic!("two are none: {found:?}") };
    assert_eq!((tried(&runners_up).len(), runners_up.len(), site.calls()), (2, 5, 3));
}

#[tokio::test]
async fn a_picture_is_its_own_image() {
    let site = Site::start().await;
    let found = lead(&site, "/img/photo.jpg").await.expect("a picture");
    assert_eq!((found.rule, found.score, found.url.path()), (Rule::Page, 1.0, "/img/photo.jpg"));
    assert_eq!((site.calls(), found.runners_up), (1, Vec::new()));
    assert_eq!(lead(&site, "/untold").await.expect("a picture").media_type, "image/png");
    let Err(Error::NoImage(runners_up)) = lead(&site, "/img/flat.jpg").await else { panic!("it is of one color") };
    assert_eq!(tried(&runners_up), [("/img/flat.jpg", Reason::OneColor)]);
}

#[tokio::test]
async fn a_page_that_has_moved_is_the_one_to_which_its_images_are_relative() {
    let site = Site::start().await;
    let found = lead(&site, "/moved/long/ago").await.expect("it has moved");
    assert_eq!((found.page.path(), found.url.path()), ("/pages/news.html", "/img/boats-1200x630.jpg"));
}

#[tokio::test]
async fn what_is_no_page_has_no_image() {
    let site = Site::start().await;
    assert_eq!(lead(&site, "/paper").await, Err(Error::NotAPage));
    let missing = Error::Page(Fault::Status(axum::http::StatusCode::NOT_FOUND));
    assert_eq!(lead(&site, "/gone").await, Err(missing));
    for url in ["file:///etc/passwd", "about:blank", "pages.test"] {
        let found = lead_image(&site.outbound, None, url, Options::default()).await;
        assert_eq!(found, Err(Error::Page(Fault::UrlInvalid)), "{url}");
    }
}

#[tokio::test]
async fn size_and_time_are_bounded() {
    let site = Site::start().await;
    let options = Options { max_bytes: 1000, ..Options::default() };
    let found = lead_image(&site.outbound, None, &site.url("/pages/news.html"), options).await;
    assert_eq!(found, Err(Error::Page(Fault::TooLarge)));
    let options = Options { max_bytes: 3000, ..Options::default() };
    let found = lead_image(&site.outbound, None, &site.url("/pages/latin1.html"), options).await;
    let Err(Error::NoImage(runners_up)) = found else { panic!("the image has more bytes") };
    assert_eq!(tried(&runners_up), [("/img/caf%C3%A9.jpg", Reason::TooLarge)]);
    let options = Options { time: Duration::from_millis(50), ..Options::default() };
    let found = lead_image(&site.outbound, None, &site.url("/hang"), options).await;
    assert_eq!(found, Err(Error::TookTooLong));
}

/// An outbound client without exceptions, as in production, does not reach this machine.
#[tokio::test]
async fn this_machine_is_refused_unless_it_is_allowed() {
    let site = Site::start().await;
    let config = labelmesh_outbound::Config::default();
    let strict = Outbound::new(&config, "test", std::sync::Arc::new(labelmesh_outbound::SystemLookup));
    let strict = strict.expect("TLS can be set up");
    let found = lead_image(&strict, None, &site.url("/pages/news.html"), Options::default()).await;
    assert_eq!((found, site.calls()), (Err(Error::Page(Fault::AddressRefused)), 0));
}
