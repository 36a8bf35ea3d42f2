//! What operators get of pictures with everything in them that can be.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegDecoder};
use labelmesh_pixels::{
    Bounds, Encoding, Fit, Focus, Format, Frames, Limits, Output, Recipe, Shrunk, Sides, Source, for_operators, shrunk,
};
use moxcms::ColorProfile;

const SECRET: &[u8] = b"48.1372 N, 11.5755 E; gold: cat";
const ALL: [(Format, ImageFormat); 4] = [
    (Format::Jpeg, ImageFormat::Jpeg),
    (Format::Png, ImageFormat::Png),
    (Format::Webp, ImageFormat::WebP),
    (Format::Gif, ImageFormat::Gif),
];
const WIDTH: u32 = 32;
const HEIGHT: u32 = 16;

/// Four corners, each of another color.
fn picture() -> RgbImage {
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| match (x < WIDTH / 2, y < HEIGHT / 2) {
        (true, true) => Rgb([230, 20, 20]),
        (false, true) => Rgb([20, 230, 20]),
        (true, false) => Rgb([20, 20, 230]),
        (false, false) => Rgb([230, 230, 230]),
    })
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(picture.clone());
    let picture = if format == ImageFormat::Gif { picture.to_rgba8().into() } else { picture };
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

/// Exif with an orientation, and a description that is a secret.
fn exif(orientation: u8) -> Vec<u8> {
    let length = u8::try_from(SECRET.len()).expect("short");
    let mut exif = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend([1, 0x0E, 0, 2, 0, 0, 0, length, 0, 0, 0, 38]);
    exif.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0, 0, 0, 0]);
    exif.extend(SECRET);
    exif
}

fn segment(marker: u8, parts: &[&[u8]]) -> Vec<u8> {
    let data = parts.concat();
    let length = u16::try_from(data.len() + 2).expect("short").to_be_bytes();
    [&[0xFF, marker], &length[..], &data].concat()
}

fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [kind, data].concat();
    let crc = !checked.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    });
    [&u32::try_from(data.len()).expect("short").to_be_bytes()[..], &checked, &crc.to_be_bytes()].concat()
}

fn riff_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("short").to_le_bytes();
    [kind, &length[..], data, &vec![0; data.len() % 2]].concat()
}

/// The file with the secret in every place that its format has for it, and an orientation where it has one.
fn laden(format: Format, bytes: &[u8], orientation: u8) -> Vec<u8> {
    let exif = exif(orientation);
    let mut laden = match format {
        Format::Jpeg => {
            let segments = [
                segment(0xE1, &[b"Exif\0\0", &exif]),
                segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET]),
                segment(0xED, &[b"Photoshop 3.0\0", SECRET]),
                segment(0xE0, &[b"JFXX\0\x10", SECRET]),
                segment(0xE5, &[SECRET]),
                segment(0xFE, &[SECRET]),
                segment(0xE2, &[b"MPF\0", SECRET]),
            ];
            [&bytes[..2], &segments.concat(), &bytes[2..]].concat()
        }
        Format::Png => {
            let chunks = [
                png_chunk(b"eXIf", &exif),
                png_chunk(b"tEXt", &[b"Comment\0", SECRET].concat()),
                png_chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", SECRET].concat()),
                png_chunk(b"prVt", SECRET),
            ];
            [&bytes[..33], &chunks.concat(), &bytes[33..]].concat()
        }
        Format::Webp => {
            let header = [&[0x0C, 0, 0, 0][..], &(WIDTH.max(HEIGHT) - 1).to_le_bytes()[..3], &[15, 0, 0]].concat();
            let mut file = bytes[..12].to_vec();
            let header = if orientation > 4 {
                [&[0x0C, 0, 0, 0][..], &(HEIGHT - 1).to_le_bytes()[..3], &(WIDTH - 1).to_le_bytes()[..3]].concat()
            } else {
                header
            };
            file.extend(riff_chunk(b"VP8X", &header));
            file.extend(&bytes[12..]);
            file.extend(riff_chunk(b"EXIF", &exif));
            file.extend(riff_chunk(b"XMP ", SECRET));
            file.extend(riff_chunk(b"none", SECRET));
            let length = u32::try_from(file.len() - 8).expect("short").to_le_bytes();
            file[4..8].copy_from_slice(&length);
            file
        }
        Format::Gif => {
            let table = 3 << ((bytes[10] & 7) + 1);
            let start = if bytes[10] & 0x80 == 0 { 13 } else { 13 + table };
            let length = [u8::try_from(SECRET.len()).expect("short")];
            let comment = [&[0x21, 0xFE], &length[..], SECRET, &[0]].concat();
            let application = [&[0x21, 0xFF, 11], &b"XMP DataXMP"[..], &length, SECRET, &[0]].concat();
            [&bytes[..start], &comment, &application, &bytes[start..]].concat()
        }
    };
    // A film behind the picture.
    laden.extend(b"\0\0\0\x18ftypmp42");
    laden.extend(SECRET);
    laden
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn pixels(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).expect("decodes").into_rgb8()
}

#[test]
fn nothing_is_left_but_what_can_be_seen_and_that_is_as_it_was() {
    for (format, encoder) in ALL {
        let bytes = encoded(&picture(), encoder);
        let laden = laden(format, &bytes, 1);
        assert!(has(&laden, SECRET));
        let plain = for_operators(format, &laden).expect("upright").expect("other bytes");
        for secret in [SECRET, b"Exif", b"ftyp", b"XMP", b"adobe"] {
            assert!(!has(&plain, secret), "{format:?}: {}", String::from_utf8_lossy(secret));
        }
        assert_eq!(pixels(&plain), pixels(&bytes), "{format:?}");
        assert!(for_operators(format, &plain).expect("upright").is_none(), "{format:?}: twice is once");
    }
}

/// Where a pixel that is stored at `x`, `y` is seen in a picture of `width` and `height` (Exif 2.32, tag 0112H).
fn seen(orientation: u8, (x, y): (u32, u32), (width, height): (u32, u32)) -> (u32, u32) {
    let (right, bottom) = (width - 1, height - 1);
    match orientation {
        2 => (right - x, y),
        3 => (right - x, bottom - y),
        4 => (x, bottom - y),
        5 => (y, x),
        6 => (right - y, x),
        7 => (right - y, bottom - x),
        8 => (y, bottom - x),
        _ => (x, y),
    }
}

/// The picture as a camera stores it that was held so.
fn stored(orientation: u8) -> RgbImage {
    let (upright, size) = (picture(), (WIDTH, HEIGHT));
    let (width, height) = if orientation > 4 { (HEIGHT, WIDTH) } else { size };
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = seen(orientation, (x, y), size);
        *upright.get_pixel(x, y)
    })
}

#[test]
fn all_eight_orientations_stand_upright() {
    for (format, encoder) in &ALL[..3] {
        for orientation in 1..=8 {
            let laden = laden(*format, &encoded(&stored(orientation), *encoder), orientation);
            let plain = for_operators(*format, &laden).expect("turned").expect("other bytes");
            assert!(!has(&plain, SECRET) && !has(&plain, b"Exif"), "{format:?} {orientation}");
            let turned = pixels(&plain);
            assert_eq!(turned.dimensions(), (WIDTH, HEIGHT), "{format:?} {orientation}");
            let apart = |(a, b): (&u8, &u8)| a.abs_diff(*b);
            let corners = [(4, 4), (WIDTH - 5, 4), (4, HEIGHT - 5), (WIDTH - 5, HEIGHT - 5)];
            for (x, y) in corners {
                let (is, should) = (turned.get_pixel(x, y), *picture().get_pixel(x, y));
                let most = is.0.iter().zip(&should.0).map(apart).max();
                assert!(most < Some(40), "{format:?} {orientation}: {is:?} at {x}, {y}, not {should:?}");
            }
        }
    }
}

#[test]
fn what_is_larger_than_a_screen_or_a_thumbnail_is_made_as_large_as_one() {
    for (format, encoder) in ALL {
        let bytes = encoded(&picture(), encoder);
        let larger = Sides { screen: 2 * WIDTH, thumbnail: WIDTH };
        assert_eq!(shrunk(format, &bytes, larger), Ok(Shrunk::default()), "{format:?}: it is no larger");
        let on_its_side = laden(format, &encoded(&stored(6), encoder), 6);
        let small = shrunk(format, &on_its_side, Sides { screen: WIDTH / 2, thumbnail: WIDTH / 4 }).expect("made");
        let thumbnail = small.thumbnail.expect("smaller");
        let of_thumbnail = if format == Format::Jpeg { ImageFormat::Jpeg } else { ImageFormat::WebP };
        assert_eq!(image::guess_format(&thumbnail).ok(), Some(of_thumbnail), "{format:?}");
        assert!(!has(&thumbnail, SECRET), "{format:?}");
        // A GIF has no orientation.
        let upright = if format == Format::Gif { (WIDTH / 8, WIDTH / 4) } else { (WIDTH / 4, HEIGHT / 4) };
        assert_eq!(pixels(&thumbnail).dimensions(), upright, "{format:?}: upright");
        assert!(shrunk(format, &bytes[..bytes.len() / 3], Sides { screen: 16, thumbnail: 8 }).is_err(), "{format:?}");
        if format == Format::Gif {
            assert_eq!(small.screen, None);
            continue;
        }
        let screen = small.screen.expect("smaller");
        assert_eq!(pixels(&screen).dimensions(), (WIDTH / 2, HEIGHT / 2), "{format:?}: upright");
        assert!(!has(&screen, SECRET), "{format:?}");
        assert_eq!(image::guess_format(&screen).ok(), Some(encoder));
        // A thumbnail alone is the same, as far as one can see.
        let alone = shrunk(format, &on_its_side, Sides { screen: u32::MAX, thumbnail: WIDTH / 4 }).expect("made");
        assert_eq!(alone.screen, None);
        assert_eq!(pixels(&alone.thumbnail.expect("smaller")).dimensions(), upright, "{format:?}");
    }
}

/// The CPU time that this thread has had, in nanoseconds.
#[cfg(target_os = "linux")]
fn cpu_nanoseconds() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    told.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

/// What a thread takes at least, in nanoseconds of CPU time: of several runs, the one that was disturbed least.
#[cfg(target_os = "linux")]
fn least(work: impl Fn()) -> u64 {
    let once = |_| {
        let begun = cpu_nanoseconds();
        work();
        cpu_nanoseconds() - begun
    };
    (0..5).map(once).min().expect("five")
}

#[cfg(target_os = "linux")]
#[test]
fn both_sizes_take_little_more_than_the_larger_alone() {
    let photo = RgbImage::from_fn(3_200, 2_400, |x, y| {
        let wave =
            |x: f64, y: f64| (((x / 90.0).sin() + (y / 70.0).cos() + ((x + y) / 9.0).sin()) * 40.0 + 128.0) as u8;
        let (x, y) = (f64::from(x), f64::from(y));
        Rgb([wave(x, y), wave(y, x), wave(x + y, x - y)])
    });
    let bytes = encoded(&photo, ImageFormat::Jpeg);
    let both = least(|| {
        let made = shrunk(Format::Jpeg, &bytes, Sides { screen: 1_600, thumbnail: 320 }).expect("made");
        assert!(made.screen.is_some() && made.thumbnail.is_some());
    });
    let (bounds, encoding) = (Bounds::Both(1_600, 1_600), Encoding::Jpeg { quality: 90 });
    let recipe = Recipe::Resize { bounds, fit: Fit::Inside, enlarge: false, focus: Focus::Center };
    let larger = least(|| {
        let source = Source::open(&bytes, Limits::default()).expect("a header");
        source.make(&recipe, Output { encoding, frames: Frames::First }).expect("made");
    });
    let ratio = both as f64 / larger as f64;
    println!("both sizes took {ratio:.2} times the CPU time of the larger alone");
    assert!(ratio <= 1.3, "{ratio:.2}: {both} ns and {larger} ns");
}

#[test]
fn a_color_profile_stays_however_the_picture_lies() {
    let profile = ColorProfile::new_display_p3().encode().expect("a profile");
    let bytes = encoded(&stored(6), ImageFormat::Jpeg);
    let icc = segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", &profile]);
    for orientation in [1, 6] {
        let laden = laden(Format::Jpeg, &[&bytes[..2], &icc, &bytes[2..]].concat(), orientation);
        let plain = for_operators(Format::Jpeg, &laden).expect("turned").expect("other bytes");
        let mut decoder = JpegDecoder::new(Cursor::new(&plain)).expect("a JPEG");
        let stays = decoder.icc_profile().expect("read").expect("a profile");
        let [is, was] = [&stays, &profile].map(|bytes| ColorProfile::new_from_slice(bytes).expect("a profile"));
        assert!(is.red_colorant == was.red_colorant && is.red_trc == was.red_trc, "{orientation}");
        assert!(!has(&plain, SECRET), "{orientation}");
    }
}

#[test]
fn a_plain_file_is_left_as_it_is_and_a_cut_one_gets_an_end() {
    for (format, encoder) in ALL {
        let bytes = encoded(&picture(), encoder);
        assert!(for_operators(format, &bytes).expect("upright").is_none(), "{format:?}");
    }
    for (format, encoder, end) in [(Format::Jpeg, ImageFormat::Jpeg, 2), (Format::Png, ImageFormat::Png, 12)] {
        let bytes = encoded(&picture(), encoder);
        let plain = for_operators(format, &bytes[..bytes.len() - end]).expect("upright");
        assert_eq!(plain.as_deref(), Some(&bytes[..]), "{format:?}");
    }
}

#[test]
fn segments_that_no_viewer_needs_are_no_stumbling_block() {
    let lying = laden(Format::Jpeg, &encoded(&stored(6), ImageFormat::Jpeg), 6);
    let short = segment(0xEE, &[b"Ad"]);
    let bytes = [&lying[..2], &short, &lying[2..]].concat();
    let plain = for_operators(Format::Jpeg, &bytes).expect("turned").expect("other bytes");
    assert_eq!(pixels(&plain).dimensions(), (WIDTH, HEIGHT));
}

#[test]
fn an_animation_out_of_sequence_is_its_first_picture() {
    let bytes = encoded(&picture(), ImageFormat::Png);
    let (head, data) = bytes[..bytes.len() - 12].split_at(33);
    let frame = |number: u32| {
        let sides = [WIDTH.to_be_bytes(), HEIGHT.to_be_bytes()].concat();
        png_chunk(b"fcTL", &[&number.to_be_bytes()[..], &sides, &[0; 14]].concat())
    };
    let more = |number: u32| png_chunk(b"fdAT", &[&number.to_be_bytes()[..], &data[8..data.len() - 4]].concat());
    let animated = |chunks: [Vec<u8>; 3]| {
        let [first, second, third] = chunks;
        let two = png_chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
        [head, &two, &first, data, &second, &third, &bytes[bytes.len() - 12..]].concat()
    };
    let good = animated([frame(0), frame(1), more(2)]);
    assert_eq!(for_operators(Format::Png, &good), Ok(None));
    for chunks in [
        [frame(1), frame(2), more(3)],
        [frame(0), frame(2), more(1)],
        [frame(0), more(1), more(2)],
        [[frame(0), frame(1)].concat(), frame(2), more(3)],
    ] {
        assert_eq!(for_operators(Format::Png, &animated(chunks)).as_ref(), Ok(&Some(bytes.clone())));
    }
}

#[test]
fn no_cut_and_no_changed_byte_makes_it_fail() {
    for (format, encoder) in ALL {
        let laden = laden(format, &encoded(&picture(), encoder), 1);
        for at in 0..laden.len() {
            drop(for_operators(format, &laden[..at]));
            let mut changed = laden.clone();
            changed[at] ^= 0xFF;
            drop(for_operators(format, &changed));
        }
    }
}
