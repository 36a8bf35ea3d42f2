//! What is found in a page, without IO.

use labelmesh_pages::{Candidate, MAX_CANDIDATES, MAX_HTML_BYTES, Rule, candidates};
use proptest::prelude::*;
use url::Url;

use crate::pages::{self, PAGES};

fn page() -> Url {
    Url::parse("https://pages.test/page.html").expect("a URL")
}

fn found(html: &str) -> Vec<Candidate> {
    candidates(html.as_bytes(), &page(), None)
}

fn paths(html: &str) -> Vec<String> {
    found(html).iter().map(|candidate| candidate.url.path().to_owned()).collect()
}

#[test]
fn each_page_has_its_image() {
    for (name, path, rule) in PAGES {
        let found = candidates(&pages::read(name), &page(), None);
        let first = found.first().unwrap_or_else(|| panic!("{name} has none"));
        assert_eq!((first.url.path(), first.rule), (path, rule), "{name}: {found:#?}");
    }
}

#[test]
fn no_page_is_without_an_expectation() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");
    let files = std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path());
    let mut names: Vec<_> =
        files.map(|file| file.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, PAGES.map(|(name, ..)| name));
}

#[test]
fn what_the_page_says_itself_stands_above_what_is_guessed() {
    for (name, _, rule) in PAGES {
        let first = &candidates(&pages::read(name), &page(), None)[0];
        assert_eq!(first.score > 0.7, rule < Rule::Preload, "{name}: {}", first.score);
    }
}

#[test]
fn an_image_that_is_found_twice_is_one_by_the_rule_that_stands_first() {
    let html = "<script type=application/ld+json>{\"image\": {\"url\": \"/a.jpg\", \"width\": 900}}</script>\
                <meta name=twitter:image content=/a.jpg><meta property=og:image content='https://pages.test/a.jpg#x'>\
                <img src=a.jpg>";
    let found = found(html);
    let [one] = &found[..] else { panic!("one image: {found:#?}") };
    assert_eq!((one.rule, one.score, one.width), (Rule::OpenGraph, 0.94, Some(900)));
}

#[test]
fn of_several_images_of_a_rule_the_first_is_first() {
    let html = "<meta property=og:image content=/a.jpg><meta property=og:image content=/b.jpg>\
                <meta name=twitter:image content=/c.jpg>";
    assert_eq!(paths(html), ["/a.jpg", "/b.jpg", "/c.jpg"]);
}

#[test]
fn a_size_that_is_told_belongs_to_the_image_before_it() {
    let html = "<meta property=og:image content=/a.jpg><meta property=og:image:width content=64>\
                <meta property=og:image:height content=64px><meta property=og:image content=/b.jpg>\
                <meta property=og:image:width content=1200><meta property=og:image:height content=630>";
    let found = found(html);
    assert_eq!((found[0].url.path(), found[0].width, found[0].height), ("/b.jpg", Some(1200), Some(630)));
    assert_eq!((found[1].width, found[1].height), (Some(64), Some(64)));
}

#[test]
fn a_second_address_of_an_image_has_its_size_and_another_image_has_not() {
    let html = "<meta property=og:image content=/a.jpg><meta property=og:image content=/b.jpg>\
                <meta property=og:image:secure_url content=/c.jpg><meta property=og:image:width content=900>";
    let found = found(html);
    let widths = ["/a.jpg", "/b.jpg", "/c.jpg"].map(|path| {
        let candidate = found.iter().find(|candidate| candidate.url.path() == path);
        candidate.unwrap_or_else(|| panic!("{path} is found")).width
    });
    assert_eq!(widths, [None, Some(900), Some(900)]);
}

#[test]
fn furniture_comes_last() {
    let html = "<img src=/img/logo.png width=400 height=300>\
                <img src=https://www.facebook.com/tr?id=1 width=400 height=300><img src=/img/spacer.gif>\
                <img class=avatar src=/people/ada.jpg width=400 height=300>\
                <img src=/photo.jpg width=400 height=300>";
    assert_eq!(paths(html)[0], "/photo.jpg");
    assert_eq!(paths(html)[4], "/tr");
}

#[test]
fn an_address_that_comes_to_the_page_itself_is_no_image() {
    assert_eq!(paths("<meta property=og:image content='#'><meta name=twitter:image content=/><img src='?'>"), [""; 0]);
}

#[test]
fn the_number_of_images_and_the_length_of_a_page_are_bounded() {
    let many: String = (0..500).map(|number| format!("<img src={number}.jpg>")).collect();
    assert_eq!(found(&many).len(), MAX_CANDIDATES);
    let mut long = vec![b' '; MAX_HTML_BYTES];
    long.extend_from_slice(b"<meta property=og:image content=/too-late.jpg>");
    assert_eq!(candidates(&long, &page(), None), []);
}

/// Each would take hours or gigabytes where time or memory grew with depth, or with the number of attributes, times
/// length.
#[test]
fn no_page_takes_long() {
    let long = |what: &str| what.repeat((2 << 20) / what.len());
    let numbered = |what: &str| (0..200_000).map(|number| what.replace('#', &number.to_string())).collect::<String>();
    for html in [
        long("<div>"),
        long("<a href=x><div>"),
        long("<b><i>"),
        long("</div>"),
        long("<table><tr><td>"),
        long("<!--"),
        long("<picture><source srcset=a>"),
        long("<div class='a b c d e f'></div>"),
        long("<link rel='preload preload' as=image href=x>"),
        long("<"),
        long("&"),
        format!("<div {}>", numbered(" a#=b")),
        format!("<img srcset='{}'>", numbered("#.jpg #w, ")),
        format!("<a href='{}'>{}", long("x"), long("<div></div>")),
        format!("<script type=application/ld+json>[{}0]</script>", numbered("{\"image\": \"#\"},")),
        long("<script type=application/ld+json>1</script>"),
        format!("<title>{}", long("x")),
    ] {
        assert!(found(&html).len() <= MAX_CANDIDATES, "{html:.40}");
    }
}

/// Pieces of pages, so that what is made up is one now and then.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        "</",
        "/>",
        "\"",
        "'",
        "=",
        " ",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&#x",
        "&#55296;",
        "\0",
        "é",
        "<meta property=og:image content=",
        "<meta charset=utf-16>",
        "<base href=",
        "<img ",
        "src=",
        "srcset='",
        "1x, ",
        "99999999999w,",
        "width=-1",
        "width=1e99",
        "height=NaN",
        "style='width:5px;",
        "<script type=application/ld+json>",
        "</script>",
        "{\"@graph\":[",
        "{\"@id\":\"a\",",
        "\"image\":",
        "{\"@id\":\"a\"}",
        "]}",
        "<picture>",
        "<source ",
        "</picture>",
        "<video poster=",
        "<title>",
        "</title>",
        "<h1>",
        "<noscript>",
        "<template>",
        "<a href=",
        "a.jpg",
        "//",
        "http://",
        "http://[::1",
        "https://u:p@h/",
        "data:image/png,",
        "?x#y",
        "%",
        "%ff",
        "100x100.jpg",
        "<svg>",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn check(found: &[Candidate]) {
    assert!(found.len() <= MAX_CANDIDATES);
    assert!(found.is_sorted_by(|one, other| one.score >= other.score));
    for Candidate { url, score, .. } in found {
        assert!(matches!(url.scheme(), "http" | "https") && url.fragment().is_none(), "{url}");
        assert!((0.0..=1.0).contains(score), "{score}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_have_candidates_or_none(
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        charset in prop::option::of("[a-z0-9-]{0,12}"),
    ) {
        check(&candidates(&bytes, &page(), charset.as_deref()));
    }

    #[test]
    fn arbitrary_markup_has_candidates_or_none(html in pieces()) {
        check(&found(&html));
    }
}
