//! What pages do, and what becomes of it.

use std::time::Duration;

use labelmesh_browser::{Arrival, Clip, Error, Job};
use tokio::time::Instant;
use url::Url;

use crate::site::{QUIET, Site, browser, go, soon, title};

/// So long a page that never ends is waited for.
const SHORT: Duration = Duration::from_secs(2);
const SMALL: Clip = Clip { width: 800.0, height: 600.0 };

#[tokio::test]
async fn a_page_is_seen_as_it_is() {
    let Some(browser) = browser("a_page_is_seen_as_it_is") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/moved").await;
    let document = page.document();
    assert_eq!((document.url.as_str(), document.status), ("http://elsewhere.test/plain", Some(200)));
    assert_eq!((document.media_type.as_str(), document.is_missing), ("text/html", false));
    assert_eq!(title(&page).await, "plain");
    assert_eq!(page.size(soon()).await, Ok((800.0, 600.0)));
    let picture = page.picture(SMALL, soon()).await.expect("a picture");
    assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");

    let page = site.settled(&browser, "/gone").await;
    assert_eq!((page.document().status, title(&page).await.as_str()), (Some(404), "gone"));
    let page = site.settled(&browser, "/scripted").await;
    assert_eq!((page.document().url.as_str(), title(&page).await.as_str()), ("http://site.test/plain", "plain"));
}

#[tokio::test]
async fn what_is_no_page_is_told() {
    let Some(browser) = browser("what_is_no_page_is_told") else { return };
    let site = Site::start().await;
    let page = site.page(&browser).await;
    for path in ["/download", "/nothing"] {
        assert_eq!(go(&page, path).await, Ok(Arrival::NoDocument), "{path}");
    }
    let refused = go(&page, "/refused").await;
    assert_eq!(refused, Ok(Arrival::Nothing("net::ERR_HTTP_RESPONSE_CODE_FAILURE".to_owned())));
    assert_eq!(page.asked(), "http://site.test/refused");
    // The proxy makes no tunnels.
    let refused = go(&page, "https://site.test/").await;
    assert_eq!(refused, Ok(Arrival::Nothing("net::ERR_TUNNEL_CONNECTION_FAILED".to_owned())));
    // The browser shows a page of its own instead.
    assert_eq!(page.settle(QUIET, soon()).await, Ok(true));
    assert!(page.document().is_missing);
    assert_eq!(page.document().url, "https://site.test/");
}

#[tokio::test]
async fn only_http_and_https_are_gone_to() {
    let Some(browser) = browser("only_http_and_https_are_gone_to") else { return };
    let site = Site::start().await;
    let page = site.page(&browser).await;
    let urls =
        ["file:///etc/passwd", "data:text/html,x", "javascript:1", "about:blank", "chrome://version", "ftp://a.b/"];
    for url in urls {
        let url = Url::parse(url).expect("a URL");
        assert_eq!(page.navigate(&url, soon()).await, Err(Error::SchemeRefused), "{url}");
    }
    assert_eq!(site.calls(), 0);
}

#[tokio::test]
async fn a_page_that_never_ends_is_waited_for_no_longer_than_is_said() {
    let Some(browser) = browser("a_page_that_never_ends_is_waited_for_no_longer_than_is_said") else { return };
    let site = Site::start().await;
    for path in ["/polls", "/waits", "/loops"] {
        let page = site.visit(&browser, path).await;
        let by = Instant::now() + SHORT;
        assert_eq!(page.settle(QUIET, by).await, Ok(false), "{path}");
        assert!(by.elapsed() < Duration::from_secs(20), "{path}");
        page.stop(soon()).await.expect("it stops");
        page.picture(SMALL, soon()).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

#[tokio::test]
async fn a_page_that_never_answers_is_told_from_a_browser_that_does_not() {
    let Some(browser) = browser("a_page_that_never_answers_is_told_from_a_browser_that_does_not") else { return };
    let site = Site::start().await;
    let page = site.visit(&browser, "/loops").await;
    assert_eq!(page.evaluate("1", Instant::now() + SHORT).await, Err(Error::TookTooLong));
    // Its context ends all the same.
    assert_eq!((page.close().await, browser.jobs().await), (Ok(()), Ok(0)));
    let page = site.page(&browser).await;
    let url = Url::parse("http://site.test/hang").expect("a URL");
    assert_eq!(page.navigate(&url, Instant::now() + SHORT).await, Err(Error::TookTooLong));
}

#[tokio::test]
async fn streams_are_not_waited_for() {
    let Some(browser) = browser("streams_are_not_waited_for") else { return };
    let site = Site::start().await;
    site.settled(&browser, "/streams").await;
}

#[tokio::test]
async fn what_frames_of_other_sites_ask_for_is_waited_for() {
    let Some(browser) = browser("what_frames_of_other_sites_ask_for_is_waited_for") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/frames").await;
    let calls = site.calls();
    // The page, its frame, and what that asked for; perhaps the icon.
    assert!((3..=4).contains(&calls), "{calls}");
    drop(page);
}

#[tokio::test]
async fn nothing_that_asks_is_waited_for_or_granted() {
    let Some(browser) = browser("nothing_that_asks_is_waited_for_or_granted") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/asks").await;
    assert_eq!(title(&page).await, "denied null");
    assert_eq!(page.close().await, Ok(()));
    let page = site.settled(&browser, "/leaves").await;
    assert_eq!(title(&page).await, "stays");
}

#[tokio::test]
async fn pages_can_not_lie_to_our_scripts() {
    let Some(browser) = browser("pages_can_not_lie_to_our_scripts") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/lies").await;
    assert_eq!(title(&page).await, "true");
    let drawn = "new Promise(done => requestAnimationFrame(() => done('drawn')))";
    assert_eq!(page.evaluate(drawn, soon()).await, Ok("drawn".into()));
    let thrown = page.evaluate("missing", soon()).await;
    assert!(matches!(thrown, Err(Error::Refused { .. })), "{thrown:?}");
}

#[tokio::test]
async fn jobs_share_nothing() {
    let Some(browser) = browser("jobs_share_nothing") else { return };
    let (site, other) = (Site::start().await, Site::start().await);
    let first = site.settled(&browser, "/keeps").await;
    let second = other.settled(&browser, "/keeps").await;
    assert_eq!((title(&first).await, title(&second).await), ("x".to_owned(), "x".to_owned()));
    assert_eq!(go(&first, "/keeps").await, Ok(Arrival::Document));
    assert_eq!(first.settle(QUIET, soon()).await, Ok(true));
    assert_eq!(title(&first).await, "xx");
    assert!(other.calls() > 0, "each went through its own proxy");
}

#[tokio::test]
async fn styles_of_the_job_win() {
    let Some(browser) = browser("styles_of_the_job_win") else { return };
    let site = Site::start().await;
    let job = Job { styles: vec!["body { display: none !important }"], scale: 2.0, ..site.job() };
    let page = browser.open(job).await.expect("the browser opens it");
    assert_eq!(go(&page, "/plain").await, Ok(Arrival::Document));
    assert_eq!(page.settle(QUIET, soon()).await, Ok(true));
    let seen = "[getComputedStyle(document.body).display, devicePixelRatio, innerWidth].join()";
    assert_eq!(page.evaluate(seen, soon()).await, Ok("none,2,800".into()));
}
