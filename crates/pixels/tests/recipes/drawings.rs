//! SVG becomes pixels.

use labelmesh_pixels::{Bounds, Error, Fit, Focus, Limits, Recipe, Source, Window};

use crate::files::{PNG, make, pixels};

const CIRCLE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">
<script>alert(1)</script><rect width="40" height="20" fill="#00f"/><circle cx="30" cy="10" r="8" fill="#f00"/></svg>"##;

fn resize(width: u32) -> Recipe {
    Recipe::Resize { bounds: Bounds::Width(width), fit: Fit::Inside, enlarge: true, focus: Focus::Center }
}

fn drawn(svg: &str) -> Result<image::RgbImage, Error> {
    make(svg.as_bytes(), &resize(400), PNG).map(|made| pixels(&made.bytes))
}

#[test]
fn a_drawing_is_drawn_in_the_size_that_is_wanted() {
    let picture = drawn(CIRCLE).expect("drawn");
    assert_eq!(picture.dimensions(), (400, 200));
    assert_eq!(picture.get_pixel(300, 100).0, [255, 0, 0]);
    assert_eq!(picture.get_pixel(100, 100).0, [0, 0, 255]);
    // No pixel was made larger: the edge of the circle is sharp.
    assert_eq!((picture.get_pixel(222, 100).0[2], picture.get_pixel(218, 100).0[2]), (0, 255));
}

#[test]
fn a_part_of_it_is_cut_out_and_focus_sees_it() {
    let recipe = Recipe::Crop { window: Window::Size(20, 20), focus: Focus::Point(39, 0) };
    let made = make(CIRCLE.as_bytes(), &recipe, PNG).expect("drawn");
    assert_eq!(pixels(&made.bytes).get_pixel(10, 10).0, [255, 0, 0]);
    let recipe = Recipe::Crop { window: Window::Size(20, 20), focus: Focus::Auto { faces: Vec::new() } };
    let made = make(CIRCLE.as_bytes(), &recipe, PNG).expect("drawn");
    assert!(made.window.x > 10, "{:?}", made.window);
}

#[test]
fn nothing_is_fetched_and_what_is_not_drawn_is_refused() {
    let with = |what: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">{what}</svg>"#
        )
    };
    for (what, said) in [
        ("<text>\u{6f22}</text>", "letters that no font here has"),
        ("<text>a<tref href=\"#a\"/></text>", "text that is named elsewhere"),
        ("<mask><text>a</text></mask>", "text in a marker, pattern, mask or clip path"),
        (r#"<image href="/etc/passwd"/>"#, "an image"),
        (r#"<image xlink:href="http://127.0.0.1/"/>"#, "an image"),
        ("<foreignObject/>", "a foreign object"),
    ] {
        assert_eq!(drawn(&with(what)), Err(Error::NotDrawn(said)), "{what}");
    }
    drawn(&with(r#"<use href="other.svg#a"/><rect fill="url(http://127.0.0.1/#a)" width="9" height="9"/>"#))
        .expect("drawn");
    let entity = r#"<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>"#;
    assert!(drawn(&format!("{entity}{}", with("&a;"))).is_err());
}

/// Each names the one before it ten times.
fn repeated(of: &str, times: u32) -> String {
    let levels = (1..times)
        .map(|level| format!("<g id=\"a{level}\">{}</g>", format!("<use href=\"#a{}\"/>", level - 1).repeat(10)));
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="1000"><defs><g id="a0">{of}</g>{}</defs><use href="#a{}"/></svg>"##,
        levels.collect::<String>(),
        times - 1,
    )
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let rect = r#"<rect width="9" height="9"/>"#;
    for bomb in [
        repeated(rect, 10),
        repeated(&format!("<g opacity=\".5\">{rect}</g>"), 8),
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">{}{}</svg>", "<g opacity=\".9\">".repeat(900), "</g>".repeat(900)),
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">{}", "<g>".repeat(100_000)),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1e9\" height=\"1e9\"/>".to_owned(),
        "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;\">]><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><desc>&e;&e;&e;&e;</desc></svg>".to_owned(),
    ] {
        let made = make(bomb.as_bytes(), &resize(1000), PNG);
        assert!(made.is_err(), "{}", &bomb[..120]);
    }
    let deep = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1000\" height=\"1000\">{}<rect width=\"1000\" height=\"1000\"/>{}</svg>",
        "<g opacity=\".9\">".repeat(100),
        "</g>".repeat(100)
    );
    let limits = Limits { max_memory_bytes: 64 << 20, ..Limits::default() };
    let made = Source::open(deep.as_bytes(), limits).expect("a header").make(&resize(1000), PNG);
    assert!(matches!(made, Err(Error::TooMuchMemory { .. })), "{made:?}");
}
