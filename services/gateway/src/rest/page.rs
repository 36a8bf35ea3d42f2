//! The pages to which links in mails lead: each does one thing, once its reader says so.
//!
//! What a link holds stands behind its `#`, which no browser sends, so it is in no log; and since a page does nothing
//! by itself, neither does a program that opens what is in mails.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, Method, Response, header};
use sha2::{Digest as _, Sha256};
use tonic::body::Body;

/// The paths, and what is there.
static PAGES: LazyLock<[(&str, Page); 2]> = LazyLock::new(|| {
    [
        ("/confirm", Page::of(include_str!("../../pages/confirm.html"))),
        ("/reset", Page::of(include_str!("../../pages/reset.html"))),
    ]
});

struct Page {
    html: &'static str,
    /// Lets run and shine what is in the page itself, and nothing that somebody brought in.
    policy: HeaderValue,
}

impl Page {
    fn of(html: &'static str) -> Self {
        let (script, style) = (digest(html, "script"), digest(html, "style"));
        let policy = format!(
            "default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'"
        );
        Self { html, policy: policy.try_into().expect("digests fit into a header") }
    }
}

/// The page at a path, where there is one.
pub(super) fn answer(method: &Method, path: &str) -> Option<Response<Body>> {
    let (_, page) = PAGES.iter().find(|(known, _)| *known == path && method.is_safe())?;
    let mut response = Response::new(Body::new(page.html.to_owned()));
    let says = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, page.policy.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    response.headers_mut().extend(says);
    Some(response)
}

/// The digest of the one element of this name, by which a policy allows it (CSP level 3).
fn digest(html: &str, element: &str) -> String {
    let inside =
        html.split_once(&format!("<{element}>")).and_then(|(_, rest)| rest.split_once(&format!("</{element}>")));
    format!("sha256-{}", STANDARD.encode(Sha256::digest(inside.expect("every page has one").0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_is_shown_to_who_looks_and_to_nobody_who_does() {
        for (path, _) in PAGES.iter() {
            let page = answer(&Method::GET, path).expect("it is there");
            let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
            assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
            assert!(answer(&Method::HEAD, path).is_some() && answer(&Method::POST, path).is_none());
        }
        assert!(answer(&Method::GET, "/confirm/").is_none());
    }
}
