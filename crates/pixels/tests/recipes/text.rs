//! Text in SVG.

use image::RgbImage;
use labelmesh_pixels::{Bounds, Error, Fit, Focus, Recipe, Rect};

use crate::files::{PNG, make, pixels};

const WIDTH: u32 = 400;
const HEIGHT: u32 = 100;
/// A square, left of all text.
const SQUARE: &str = r##"<rect x="10" y="10" width="60" height="60" fill="#00f"/>"##;

/// A drawing on white with a square and this.
fn drawing(what: &str) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{SQUARE}{what}</svg>"##
    )
}

fn drawn(svg: &str) -> Result<RgbImage, Error> {
    let bounds = Bounds::Width(WIDTH);
    let recipe = Recipe::Resize { bounds, fit: Fit::Inside, enlarge: false, focus: Focus::Center };
    make(svg.as_bytes(), &recipe, PNG).map(|made| pixels(&made.bytes))
}

/// "Hamburg" in black, of which 40 pixels are an em, from 100 on and with its feet at 60.
fn written(family: &str) -> RgbImage {
    let text = format!(r#"<text x="100" y="60" font-size="40" font-family="{family}">Hamburg</text>"#);
    drawn(&drawing(&text)).expect("drawn")
}

/// The smallest box around what two pictures do not share.
fn differs(a: &RgbImage, b: &RgbImage) -> Option<Rect> {
    let apart = |(x, y, pixel): (u32, u32, &image::Rgb<u8>)| (*pixel != *b.get_pixel(x, y)).then_some((x, y));
    let places: Vec<_> = a.enumerate_pixels().filter_map(apart).collect();
    let (left, right) = (places.iter().map(|at| at.0).min()?, places.iter().map(|at| at.0).max()?);
    let (top, bottom) = (places.iter().map(|at| at.1).min()?, places.iter().map(|at| at.1).max()?);
    Some(Rect { x: left, y: top, width: right - left + 1, height: bottom - top + 1 })
}

#[test]
fn text_is_where_it_is_meant_to_be_and_nothing_else_moves() {
    let bare = drawn(&drawing("")).expect("drawn");
    let ink = differs(&written("sans-serif"), &bare).expect("ink");
    // The letters of Arial: H stands 3.2 pixels behind the start, capitals are 27.5 high, b is higher, and all take
    // 164.5.
    assert!((101..=105).contains(&ink.x), "{ink:?}");
    assert!((155..=168).contains(&ink.width), "{ink:?}");
    assert!((29..=33).contains(&ink.y), "{ink:?}");
    // g goes below the line.
    assert!((65..=72).contains(&(ink.y + ink.height)), "{ink:?}");
}

#[test]
fn families_become_those_that_are_as_wide_and_others_the_next_that_is_there() {
    let sans = written("sans-serif");
    for same in ["Arial", "HELVETICA", "Liberation Sans", "Roboto, Arial, serif", "Nobodys Font", "fantasy"] {
        assert_eq!(written(same), sans, "{same}");
    }
    assert_eq!(written("Times New Roman"), written("serif"));
    assert_eq!(written("Courier New"), written("monospace"));
    assert_ne!(written("serif"), sans);
    assert_ne!(written("monospace"), sans);
    let bold = r#"<text x="100" y="60" font-size="40" font-family="Arial" font-weight="bold">Hamburg</text>"#;
    assert_ne!(drawn(&drawing(bold)).expect("drawn"), sans);
}

#[test]
fn letters_that_a_font_lacks_are_taken_from_another_or_the_drawing_is_refused() {
    for letters in ["Größe, œuvre, façade", "Ελληνικά", "Кириллица", "≤ ± × → € №", "A\u{308}"]
    {
        let text = format!(r#"<text x="100" y="60" font-family="Courier">{letters}</text>"#);
        drawn(&drawing(&text)).expect(letters);
    }
    for letters in ["漢字", "א", "A 😀", "ภาษา"] {
        let text = format!(r#"<text x="100" y="60">{letters}</text>"#);
        let refused = drawn(&drawing(&text)).err();
        assert_eq!(refused, Some(Error::NotDrawn("letters that no font here has")), "{letters}");
    }
}

#[test]
fn nothing_of_the_machine_is_read_for_text() {
    let face = r#"<style>@font-face { font-family: Own; src: url(file:///etc/passwd) } text { font-family: Own }</style>
        <text x="100" y="60" font-size="40">Hamburg</text>"#;
    assert_eq!(drawn(&drawing(face)).expect("drawn"), written("sans-serif"));
}

/// So much text that laying it out would take long, in each way that there is.
#[test]
fn more_text_than_is_laid_out_in_a_moment_is_refused() {
    let refused = Err(Error::NotDrawn("more text than may be"));
    let letters = "abcdefghij ".repeat(2_000);
    assert_eq!(drawn(&drawing(&format!("<text>{letters}</text>"))), refused, "letters");
    let spans = "<tspan>ab</tspan>".repeat(2_000);
    assert_eq!(drawn(&drawing(&format!("<text>{spans}</text>"))), refused, "pieces");
    let word = r#"<defs><text id="a">abcdefghij</text></defs>"#;
    let used = format!("{word}{}", r##"<use href="#a"/>"##.repeat(2_500));
    assert_eq!(drawn(&drawing(&used)), refused, "repeated");
    let twice = r##"<defs><g id="a"/><text id="a">abcdefghij</text></defs>"##;
    let used = format!("{twice}{}", r##"<use href="#a"/>"##.repeat(2_500));
    assert_eq!(drawn(&drawing(&used)), refused, "repeated by a name that is given twice");
    let path = "L9 9L8 8".repeat(5_000);
    let along = format!(
        r##"<path id="p" d="M0 0{path}"/>{}"##,
        r##"<text><textPath href="#p">abcdefghij</textPath></text>"##.repeat(100)
    );
    assert_eq!(drawn(&drawing(&along)), refused, "along a path");
}

/// However it is meant, it comes to an end: of these, what takes longest takes a second.
#[test]
fn hostile_text_is_drawn_or_refused() {
    let each = (0..9_000).map(|x| x.to_string()).collect::<Vec<_>>().join(" ");
    let texts = [
        format!(r#"<text x="{each}" y="{each}">{}</text>"#, "ab".repeat(4_500)),
        format!("<text>{}</text>", "<tspan font-family=\"serif\">abcdefghij</tspan>".repeat(300)),
        format!("<text>{}abc{}</text>", "<tspan>".repeat(150), "</tspan>".repeat(150)),
        r#"<text font-size="1e9" stroke="red" stroke-width="1e9">abc</text>"#.to_owned(),
        r#"<text font-size="1e38" letter-spacing="1e38" textLength="1e38">abc</text>"#.to_owned(),
        r#"<text font-size="1e-30" transform="scale(1e30)">abc</text>"#.to_owned(),
        r##"<path id="p" d="M0 0C1e30 1e30 -1e30 1e30 9 9"/><text><textPath href="#p" startOffset="50%">abc</textPath></text>"##
            .to_owned(),
        format!("<text>A{}</text>", "\u{308}".repeat(5_000)),
        format!("<text>{}</text>", "\u{202e}a\u{202d}b".repeat(1_000)),
    ];
    for text in texts {
        let made = drawn(&drawing(&text));
        let what = text.chars().take(80).collect::<String>();
        assert!(
            matches!(made, Ok(_) | Err(Error::NotDrawn(_) | Error::Damaged(_) | Error::Panicked(_))),
            "{:?}: {what}",
            made.err()
        );
    }
}
