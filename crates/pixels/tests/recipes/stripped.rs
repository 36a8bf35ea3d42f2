//! Nothing is left of a file but what can be seen of it.

use image::ImageFormat;
use labelmesh_pixels::{Bounds, Encoding, Fit, Focus, Frames, Output, Recipe};

use crate::files::{encoded, made_by_pillow, make, photo};

const SECRET: &[u8] = b"48.1372 N, 11.5755 E";

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// The kinds of the parts of a file, which has to end with the last of them.
fn parts(bytes: &[u8]) -> Vec<String> {
    let name = |kind: &[u8]| String::from_utf8_lossy(kind).into_owned();
    let number =
        |at: usize, length: usize| bytes[at..at + length].iter().fold(0, |all, byte| all << 8 | usize::from(*byte));
    let mut parts = Vec::new();
    if bytes.starts_with(b"RIFF") {
        let little = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
        assert_eq!(little(4) + 8, bytes.len());
        let mut at = 12;
        while at < bytes.len() {
            parts.push(name(&bytes[at..at + 4]));
            at += 8 + little(at + 4).next_multiple_of(2);
        }
    } else if bytes.starts_with(b"\x89PNG") {
        let mut at = 8;
        while at < bytes.len() {
            parts.push(name(&bytes[at + 4..at + 8]));
            at += 12 + number(at, 4);
        }
    } else {
        assert!(bytes.ends_with(&[0xFF, 0xD9]));
        let mut at = 2;
        while bytes[at + 1] != 0xDA {
            parts.push(format!("{:X}", bytes[at + 1]));
            at += 2 + number(at + 2, 2);
        }
        // One scan, and then the end.
        let scan = &bytes[at + 2..];
        let end = scan.windows(2).position(|pair| pair[0] == 0xFF && pair[1] == 0xD9);
        assert_eq!(end, Some(scan.len() - 2));
    }
    parts.dedup();
    parts
}

#[test]
fn no_exif_xmp_text_profile_or_trailing_byte_survives() {
    let recipe = Recipe::Resize { bounds: Bounds::Width(30), fit: Fit::Inside, enlarge: false, focus: Focus::Center };
    for name in ["turned1.jpg", "turned6.jpg", "turned6.png", "turned6.webp"] {
        let mut bytes = made_by_pillow(name);
        assert!(has(&bytes, SECRET), "{name}");
        bytes.extend(b"\0\0\0\x18ftypmp42");
        bytes.extend(SECRET);
        for (encoding, allowed) in [
            (Encoding::Jpeg { quality: 80 }, &["E0", "DB", "C0", "C4"][..]),
            (Encoding::Png, &["IHDR", "IDAT", "IEND"]),
            (Encoding::Webp { quality: 80 }, &["VP8 "]),
        ] {
            let made = make(&bytes, &recipe, Output { encoding, frames: Frames::First }).expect("made");
            for secret in [SECRET, b"Exif", b"ICC_PROFILE", b"http", b"ftyp"] {
                assert!(!has(&made.bytes, secret), "{name} {encoding:?}: {}", String::from_utf8_lossy(secret));
            }
            let parts = parts(&made.bytes);
            assert!(parts.iter().all(|part| allowed.contains(&part.as_str())), "{name} {encoding:?}: {parts:?}");
        }
    }
}

#[test]
fn a_jpeg_is_baseline_in_one_scan() {
    let bytes = encoded(&photo(64, 48).into(), ImageFormat::Png);
    let recipe = Recipe::Resize { bounds: Bounds::Width(30), fit: Fit::Inside, enlarge: false, focus: Focus::Center };
    let output = Output { encoding: Encoding::Jpeg { quality: 80 }, frames: Frames::First };
    let made = make(&bytes, &recipe, output).expect("made");
    assert!(parts(&made.bytes).contains(&"C0".to_owned()));
}
