//! A GIF is what browsers show of it, for whoever reads it.

use image::{ImageFormat, RgbaImage};
use labelmesh_pixels::{Error, Format, Limits, Source, for_operators, is_whole, readable};

use crate::files::{PNG, as_it_is, encoded, made_by_pillow, make, photo};

/// A GIF of one frame that is one pixel, with a screen of this size, with or without a table of two colors.
fn gif(screen: [u8; 4], has_table: bool, before_frame: &[u8], behind_frame: &[u8]) -> Vec<u8> {
    let table: &[u8] = if has_table { &[0x80, 0, 0, 255, 255, 255, 0, 0, 0] } else { &[0, 0, 0] };
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    [b"GIF89a", &screen[..], table, before_frame, frame, behind_frame].concat()
}

/// A frame of one pixel at this place, with a table of its own.
fn placed(left: u8, top: u8) -> Vec<u8> {
    [&b"\x2c"[..], &[left, 0, top, 0, 1, 0, 1, 0, 0x80], b"\xff\xff\xff\0\0\0", b"\x02\x02\x44\x01\0"].concat()
}

/// What a decoder shows that forgives nothing.
fn shown(bytes: &[u8]) -> Option<RgbaImage> {
    Some(image::load_from_memory_with_format(bytes, ImageFormat::Gif).ok()?.into_rgba8())
}

#[test]
fn every_decoder_reads_what_browsers_show() {
    let black = [0, 0, 0, 255];
    let white = [255, 255, 255, 255];
    let late = [&b"GIF89a\x02\0\x02\0\0\0\0"[..], &placed(4, 2), b";"].concat();
    for (name, bytes, size, at, color) in [
        ("sound", gif([1, 0, 1, 0], true, b"", b";"), (1, 1), (0, 0), white),
        ("no screen", gif([0; 4], true, b"", b";"), (1, 1), (0, 0), white),
        ("no width", gif([0, 0, 10, 0], true, b"", b";"), (1, 10), (0, 0), white),
        ("no height", gif([10, 0, 0, 0], true, b"", b";"), (10, 1), (0, 0), white),
        ("no colors", gif([1, 0, 1, 0], false, b"", b";"), (1, 1), (0, 0), black),
        ("nothing", gif([0; 4], false, b"", b";"), (1, 1), (0, 0), black),
        ("small screen", late, (5, 3), (4, 2), white),
        ("unknown block", gif([1, 0, 1, 0], true, b"\x21\x20\x01\x55\0", b";"), (1, 1), (0, 0), white),
        ("padded", gif([1, 0, 1, 0], true, b"", b"\0\0;"), (1, 1), (0, 0), white),
        ("no end", gif([1, 0, 1, 0], true, b"", b""), (1, 1), (0, 0), white),
        ("long control", gif([1, 0, 1, 0], true, b"\x21\xf9\x05\0\0\0\0\0\0", b";"), (1, 1), (0, 0), white),
    ] {
        let plain = for_operators(Format::Gif, &bytes).expect("upright").unwrap_or(bytes.clone());
        for file in [&readable(Format::Gif, &bytes)[..], &plain] {
            assert!(is_whole(Format::Gif, file), "{name}");
            let picture = shown(file).unwrap_or_else(|| panic!("{name}: it is shown"));
            assert_eq!(picture.dimensions(), size, "{name}");
            assert_eq!(picture.get_pixel(at.0, at.1).0, color, "{name}");
            assert_eq!(readable(Format::Gif, file), file, "{name}: twice is once");
        }
        let source = Source::open(&bytes, Limits::default()).expect("a header");
        assert_eq!(source.size(), size, "{name}");
        let made = make(&bytes, &as_it_is(), PNG).expect(name);
        assert_eq!((made.width, made.height), size, "{name}");
    }
}

#[test]
fn what_is_cut_stays_so() {
    let bytes = made_by_pillow("animated.gif");
    for at in 0..bytes.len() {
        let cut = &bytes[..at];
        let file = readable(Format::Gif, cut);
        assert_eq!(is_whole(Format::Gif, &file), is_whole(Format::Gif, cut), "{at}");
        match make(cut, &as_it_is(), PNG) {
            Ok(_) => assert!(is_whole(Format::Gif, cut), "{at}"),
            Err(error) => assert!(matches!(error, Error::Damaged(_) | Error::FormatUnknown), "{at}: {error}"),
        }
    }
    let no_frame = [&gif([1, 0, 1, 0], true, b"", b"")[..19], b";"].concat();
    assert!(matches!(make(&no_frame, &as_it_is(), PNG), Err(Error::Damaged(_))));
}

#[test]
fn a_sound_file_is_left_as_it_is() {
    let still = image::DynamicImage::from(photo(200, 150)).into_rgba8().into();
    for bytes in [encoded(&still, ImageFormat::Gif), made_by_pillow("animated.gif")] {
        assert_eq!(readable(Format::Gif, &bytes), &bytes[..]);
        assert_eq!(for_operators(Format::Gif, &bytes), Ok(None));
    }
}
