//! What strangers send: each is refused by its name, and the next call goes on.

use image::{DynamicImage, ImageFormat};
use labelmesh_pixels::{Bounds, Error, Fit, Focus, Limits, Recipe, Source, Window, check_jpeg};

use crate::files::{PNG, as_it_is, encoded, made_by_pillow, make, photo, pixels};

fn small() -> Recipe {
    Recipe::Resize {
        bounds: Bounds::Width(20),
        fit: Fit::Inside,
        enlarge: false,
        focus: Focus::Auto { faces: Vec::new() },
    }
}

/// Changes the size that a JPEG's header says.
fn jpeg_of(mut bytes: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let at = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn a_header_that_says_too_much_is_refused_before_anything_is_allocated() {
    let jpeg = encoded(&photo(64, 48).into(), ImageFormat::Jpeg);
    let huge = jpeg_of(jpeg, 65_000, 65_000);
    let made = make(&huge, &small(), PNG);
    assert_eq!(made, Err(Error::TooManyPixels { width: 65_000, height: 65_000, max_pixels: 50_000_000 }));
    // A screen of 65535 x 65535 in 40 bytes.
    let mut gif = made_by_pillow("animated.gif");
    gif[6..10].fill(0xFF);
    assert!(matches!(make(&gif, &small(), PNG), Err(Error::TooManyPixels { .. })));
    let mut webp = encoded(&photo(64, 48).into(), ImageFormat::WebP);
    webp[21..25].copy_from_slice(&[0xFE, 0xBF, 0xFF, 0x0F]);
    let made = make(&webp, &small(), PNG);
    assert!(matches!(made, Err(Error::TooManyPixels { .. })), "{made:?}");
}

#[test]
fn a_header_that_says_more_than_there_is_is_damage() {
    let jpeg = encoded(&photo(64, 48).into(), ImageFormat::Jpeg);
    let lying = jpeg_of(jpeg, 4000, 3000);
    assert_eq!(make(&lying, &small(), PNG), Err(Error::Damaged("pixels are missing".to_owned())));
}

#[test]
fn a_bomb_of_little_data_and_many_pixels_is_bounded_by_memory() {
    let bomb = encoded(&DynamicImage::new_rgba8(6000, 6000), ImageFormat::Png);
    assert!(bomb.len() < 1 << 20);
    let limits = Limits { max_memory_bytes: 100 << 20, ..Limits::default() };
    let source = Source::open(&bomb, limits).expect("a header");
    let needed = source.memory_bytes(&small()).expect("a plan");
    assert_eq!(source.make(&small(), PNG), Err(Error::TooMuchMemory { bytes: needed, max_bytes: 100 << 20 }));
    // What would be made is judged as well.
    let wide =
        Recipe::Resize { bounds: Bounds::Both(60_000, 60_000), fit: Fit::Fill, enlarge: true, focus: Focus::Center };
    let little = encoded(&photo(64, 48).into(), ImageFormat::Png);
    assert!(matches!(make(&little, &wide, PNG), Err(Error::TooManyPixels { .. })));
    // A small part of a large JPEG takes little.
    let large = encoded(&photo(3000, 2000).into(), ImageFormat::Jpeg);
    let limits = Limits { max_memory_bytes: 4 << 20, ..Limits::default() };
    let part = Recipe::Crop { window: Window::Percent(10, 10), focus: Focus::Center };
    Source::open(&large, limits).expect("a header").make(&part, PNG).expect("made");
}

/// A grey JPEG of one block in so many scans of a script (ITU T.81, G.1.1.1), each with the first and the last of the
/// coefficients that it brings, and with the bits before and of it. All are zero, which takes one bit.
fn in_scans(script: &[[u8; 3]]) -> Vec<u8> {
    let mut bytes = b"\xff\xd8".to_vec();
    let mut segment = |marker: u8, data: &[u8], behind: &[u8]| {
        bytes.extend([0xFF, marker, 0, data.len() as u8 + 2]);
        bytes.extend([data, behind].concat());
    };
    segment(0xDB, &[&[0][..], &[1; 64]].concat(), &[]);
    segment(0xC2, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0], &[]);
    for class in [0x00, 0x10] {
        segment(0xC4, &[&[class, 1][..], &[0; 16]].concat(), &[]);
    }
    for [from, to, bits] in script {
        segment(0xDA, &[1, 1, 0, *from, *to, *bits], &[0x7F]);
    }
    bytes.extend(b"\xff\xd9");
    bytes
}

/// A script of so many scans: the mean, some of the other coefficients each in one scan and another that adds its last
/// bit, and the rest.
fn script(scans: u8) -> Vec<[u8; 3]> {
    let twice = (scans - 2) / 2;
    let coefficients = (1..=twice).flat_map(|at| [[at, at, 0x01], [at, at, 0x10]]);
    let rest = if scans.is_multiple_of(2) { vec![[twice + 1, 63, 0]] } else { vec![[twice + 1, 62, 0], [63, 63, 0]] };
    [[0, 0, 0]].into_iter().chain(coefficients).chain(rest).collect()
}

#[test]
fn a_jpeg_has_no_more_scans_than_chromium_shows() {
    for scans in [2, 3, 10, 99] {
        let bytes = in_scans(&script(scans));
        check_jpeg(&bytes).expect("whole");
        let made = make(&bytes, &as_it_is(), PNG).expect("made");
        assert_eq!(pixels(&made.bytes).get_pixel(3, 3).0, [128; 3], "{scans}");
    }
    for scans in [100, 127] {
        let refused = Error::TooManyScans { max_scans: 99 };
        assert_eq!(check_jpeg(&in_scans(&script(scans))), Err(refused.clone()));
        assert_eq!(make(&in_scans(&script(scans)), &as_it_is(), PNG), Err(refused));
    }
    // What was counted was of another picture.
    check_jpeg(&in_scans(&script(99))).expect("whole");
}

#[test]
fn a_jpeg_that_is_cut_between_two_scans_lacks_pixels_with_and_without_an_end() {
    let missing = || Err(Error::Damaged("pixels are missing".to_owned()));
    for name in ["turned2.jpg", "turned4.jpg"] {
        let bytes = made_by_pillow(name);
        let scans = bytes.windows(2).enumerate().filter(|(_, pair)| *pair == [0xFF, 0xDA]).map(|(at, _)| at);
        let mut cuts = 0;
        for at in scans.skip(1) {
            // The tables of the next scan may stand before it.
            let tables = bytes[..at].windows(2).rposition(|pair| pair == [0xFF, 0xC4]).expect("tables");
            let last = bytes[..at].windows(2).rposition(|pair| pair == [0xFF, 0xDA]).expect("a scan");
            for cut in [at, if tables > last { tables } else { at }] {
                for end in [&b""[..], b"\xff\xd9"] {
                    let cut = [&bytes[..cut], end].concat();
                    assert_eq!(check_jpeg(&cut), missing(), "{name}: {at}");
                    assert_eq!(make(&cut, &as_it_is(), PNG).map(|_| ()), missing(), "{name}: {at}");
                }
                cuts += 1;
            }
        }
        assert!(cuts > 10, "{name}: {cuts}");
        check_jpeg(&bytes).expect("whole");
        check_jpeg(&bytes[..bytes.len() - 2]).expect("whole but for its end marker");
    }
    // Neither a mean alone, nor waves alone, nor coefficients whose last bit never comes.
    for script in
        [&[[0, 0, 0]][..], &[[1, 63, 0]], &[[0, 0, 0], [1, 63, 1]], &[[0, 0, 1], [1, 63, 0]], &[[0, 0, 0], [1, 62, 0]]]
    {
        assert_eq!(check_jpeg(&in_scans(script)), missing(), "{script:?}");
    }
}

#[test]
fn a_file_that_is_too_long_or_no_picture_is_told_so() {
    let jpeg = encoded(&photo(64, 48).into(), ImageFormat::Jpeg);
    let limits = Limits { max_bytes: 100, ..Limits::default() };
    assert_eq!(Source::open(&jpeg, limits).err(), Some(Error::TooManyBytes { max_bytes: 100 }));
    for bytes in [&b""[..], b"hello", b"<html><body/></html>", b"%PDF-1.7", &[0; 100]] {
        assert_eq!(make(bytes, &small(), PNG).err(), Some(Error::FormatUnknown));
    }
}

#[test]
fn half_a_file_is_damage_whether_it_has_an_end_or_not() {
    let photo = DynamicImage::from(photo(320, 240));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(&photo, format);
        let mut half = bytes[..bytes.len() / 2].to_vec();
        assert!(matches!(make(&half, &as_it_is(), PNG), Err(Error::Damaged(_))), "{format:?}");
        if format == ImageFormat::Jpeg {
            half.extend([0xFF, 0xD9]);
            assert_eq!(make(&half, &as_it_is(), PNG), Err(Error::Damaged("pixels are missing".to_owned())));
            // All pixels are there: nothing is missing but the end.
            make(&bytes[..bytes.len() - 2], &as_it_is(), PNG).expect("made");
        }
    }
}

#[test]
fn of_a_jpeg_what_is_spoilt_between_restarts_is_shown_and_a_missing_end_is_not() {
    let bytes = made_by_pillow("restarts.jpg");
    let restart = bytes.windows(2).position(|pair| pair == [0xFF, 0xD0]).expect("restart markers");
    // Viewers show the rest, and no viewer complains.
    let spoilt = [&bytes[..restart - 4], &bytes[restart..]].concat();
    for bytes in [&bytes, &spoilt] {
        check_jpeg(bytes).expect("whole to see");
        make(bytes, &as_it_is(), PNG).expect("made");
    }
    let ended = [&bytes[..restart], b"\xff\xd9"].concat();
    assert_eq!(check_jpeg(&ended), Err(Error::Damaged("pixels are missing".to_owned())));
    assert_eq!(make(&ended, &as_it_is(), PNG), Err(Error::Damaged("pixels are missing".to_owned())));
    for name in ["grey.jpg", "inks.jpg", "turned1.jpg", "turned2.jpg"] {
        let bytes = made_by_pillow(name);
        check_jpeg(&bytes[..bytes.len() - 2]).expect("whole but for its end marker");
        assert!(matches!(check_jpeg(&bytes[..bytes.len() * 3 / 4]), Err(Error::Damaged(_))), "{name}");
    }
}

#[test]
fn no_cut_and_no_changed_byte_ends_the_process() {
    let mut failed = 0;
    for name in
        ["turned5.jpg", "turned6.jpg", "inks.jpg", "turned6.png", "turned6.webp", "animated.gif", "animated.webp"]
    {
        let bytes = made_by_pillow(name);
        for at in (0..bytes.len()).step_by(3) {
            let mut changed = bytes.clone();
            changed[at] ^= 0xFF;
            for bytes in [&bytes[..at], &changed] {
                match make(bytes, &small(), PNG) {
                    Err(Error::Panicked(said)) => panic!("{name} {at}: {said}"),
                    Err(_) => failed += 1,
                    Ok(made) => assert!(made.width <= 20),
                }
            }
        }
    }
    assert!(failed > 1000, "{failed}");
}
