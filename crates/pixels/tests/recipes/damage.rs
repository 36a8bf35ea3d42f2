//! Damaged files: what is taken has all its pixels, and operators get these.

use std::io::{Read as _, Write as _};

use flate2::{Compression, Crc, read::ZlibDecoder, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, RgbImage};
use labelmesh_pixels::{Error, Format, Note, for_operators, notes};

use crate::files::{PNG, as_it_is, encoded, made_by_pillow, make, photo, pixels};

const WIDTH: u32 = 24;
const HEIGHT: u32 = 16;

/// What is seen of a file that is taken.
fn seen(bytes: &[u8]) -> Option<RgbImage> {
    Some(pixels(&make(bytes, &as_it_is(), PNG).ok()?.bytes))
}

/// What is seen of a file; operators see the same.
fn seen_by_all(format: Format, name: &str, bytes: &[u8]) -> Option<RgbImage> {
    let seen_here = seen(bytes)?;
    let plain = for_operators(format, bytes).unwrap_or_else(|error| panic!("{name}: it is taken, and then {error}"));
    let plain = plain.unwrap_or_else(|| bytes.to_vec());
    assert!(seen(&plain).as_ref() == Some(&seen_here), "{name}: operators see the same");
    assert_eq!(for_operators(format, &plain), Ok(None), "{name}: twice is once");
    Some(seen_here)
}

fn is_refused(format: Format, name: &str, bytes: &[u8]) {
    let made = make(bytes, &as_it_is(), PNG);
    assert!(matches!(made, Err(Error::Damaged(_))), "{name}: {:?}", made.map(|made| made.width));
    // Nobody asks what operators get of it, and if so, it is no picture that is not the one.
    drop(for_operators(format, bytes));
}

fn still(format: ImageFormat) -> Vec<u8> {
    let picture = DynamicImage::from(photo(WIDTH, HEIGHT));
    encoded(&if format == ImageFormat::Gif { picture.into_rgba8().into() } else { picture }, format)
}

fn files() -> Vec<(&'static str, Format, Vec<u8>)> {
    vec![
        ("png", Format::Png, still(ImageFormat::Png)),
        ("palette", Format::Png, made_by_pillow("palette.png")),
        ("grey of 16 bits", Format::Png, made_by_pillow("grey16.png")),
        ("animated png", Format::Png, made_by_pillow("animated.png")),
        ("stored png", Format::Png, png(&zlib(&rows(), Compression::none()))),
        ("webp", Format::Webp, still(ImageFormat::WebP)),
        ("animated webp", Format::Webp, made_by_pillow("animated.webp")),
        ("gif", Format::Gif, still(ImageFormat::Gif)),
        ("animated gif", Format::Gif, made_by_pillow("animated.gif")),
    ]
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    let length = u32::try_from(data.len()).expect("short").to_be_bytes();
    [&length[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn zlib(rows: &[u8], compression: Compression) -> Vec<u8> {
    let mut deflated = ZlibEncoder::new(Vec::new(), compression);
    deflated.write_all(rows).expect("memory");
    deflated.finish().expect("memory")
}

/// The rows of a picture as a PNG has them before they are compressed.
fn rows() -> Vec<u8> {
    photo(WIDTH, HEIGHT).as_raw().chunks(3 * WIDTH as usize).flat_map(|row| [&[0], row].concat()).collect()
}

/// A PNG of what is compressed, in two chunks.
fn png(compressed: &[u8]) -> Vec<u8> {
    let header = [&WIDTH.to_be_bytes()[..], &HEIGHT.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let (one, other) = compressed.split_at(compressed.len() / 2);
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", one), chunk(b"IDAT", other), chunk(b"IEND", b"")];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

/// The file with the checksums of its chunks set right.
fn mended(png: &[u8]) -> Vec<u8> {
    let (mut mended, mut at) = (png[..8].to_vec(), 8);
    while let Some(head) = png.get(at..at + 8) {
        let end = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize + at + 8;
        let Some(data) = png.get(at + 8..end) else { break };
        mended.extend(chunk(&[head[4], head[5], head[6], head[7]], data));
        at = end + 4;
    }
    mended.extend(png.get(at..).unwrap_or_default());
    mended
}

#[test]
fn operators_see_what_was_judged_whatever_byte_is_changed() {
    for (name, format, bytes) in files() {
        let mut taken = 0;
        for at in 0..bytes.len() {
            for flipped in [0x01, 0x10, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] ^= flipped;
                let changed = if format == Format::Png { mended(&changed) } else { changed };
                taken += usize::from(seen_by_all(format, &format!("{name}: {at} ^ {flipped}"), &changed).is_some());
            }
        }
        assert!(taken > 0, "{name}: some changes are beside the pixels");
    }
}

#[test]
fn a_cut_file_is_taken_exactly_where_all_its_pixels_are_there() {
    for (name, format, bytes) in files() {
        let whole = seen(&bytes).expect("whole");
        let taken: Vec<_> = (0..bytes.len())
            .filter(|end| {
                let name = format!("{name} cut at {end}");
                let seen = seen_by_all(format, &name, &bytes[..*end]);
                assert!(seen.as_ref().is_none_or(|seen| *seen == whole), "{name}: all of it is seen");
                if seen.is_some() && format != Format::Webp {
                    assert!(notes(format, &bytes[..*end]).contains(&Note::NoEnd), "{name}");
                }
                seen.is_some()
            })
            .collect();
        let first = taken.first().copied().unwrap_or(bytes.len());
        if !name.contains("animated gif") {
            assert_eq!(taken, (first..bytes.len()).collect::<Vec<_>>(), "{name}: from there on");
        }
        match format {
            Format::Webp => assert!(taken.is_empty(), "{name}: a length tells its end, {taken:?}"),
            Format::Gif => assert!(taken.contains(&(bytes.len() - 2)), "{name}: a trailer and an end of pieces"),
            _ => assert!(taken.contains(&(bytes.len() - 20)), "{name}: an end, and two checksums"),
        }
    }
}

#[test]
fn a_cut_png_is_taken_from_the_byte_on_that_tells_its_last_pixel() {
    for compression in [Compression::none(), Compression::fast(), Compression::best()] {
        let bytes = png(&zlib(&rows(), compression));
        let second = bytes.windows(4).rposition(|kind| kind == b"IDAT").expect("pixels") + 4;
        let first = bytes.windows(4).position(|kind| kind == b"IDAT").expect("pixels") + 4;
        for end in second..bytes.len() {
            let compressed = [&bytes[first..second - 12], &bytes[second..end.min(bytes.len() - 16)]].concat();
            let has_all = ZlibDecoder::new(&compressed[..]).read_exact(&mut rows()).is_ok();
            assert_eq!(seen(&bytes[..end]).is_some(), has_all, "cut at {end}");
        }
    }
}

#[test]
fn a_png_with_a_wrong_checksum_of_its_pixels_is_refused() {
    for compression in [Compression::none(), Compression::default()] {
        let compressed = zlib(&rows(), compression);
        let end = compressed.len();
        for at in end - 4..end {
            let mut wrong = compressed.clone();
            wrong[at] ^= 1;
            is_refused(Format::Png, "checksum", &png(&wrong));
            assert!(matches!(for_operators(Format::Png, &png(&wrong)), Err(Error::Damaged(_))));
        }
        assert!(seen_by_all(Format::Png, "no checksum", &png(&compressed[..end - 4])).is_some());
    }
    let mut flipped = zlib(&rows(), Compression::none());
    flipped[100] ^= 1;
    is_refused(Format::Png, "a bit of a pixel", &png(&flipped));
    let noise: Vec<_> = (0..2_000_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    is_refused(Format::Png, "too few", &png(&zlib(&rows()[1..], Compression::fast())));
    assert!(
        seen_by_all(Format::Png, "too many", &png(&zlib(&[rows(), noise].concat(), Compression::fast()))).is_some()
    );
}

/// A WebP with another length somewhere.
fn with_length(webp: &[u8], at: usize, change: i32) -> Vec<u8> {
    let mut bytes = webp.to_vec();
    let length = u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"));
    bytes[at..at + 4].copy_from_slice(&length.wrapping_add_signed(change).to_le_bytes());
    bytes
}

#[test]
fn a_webp_with_a_wrong_length_is_refused() {
    let lossless = still(ImageFormat::WebP);
    let lossy = make(&lossless, &as_it_is(), crate::files::WEBP).expect("made").bytes;
    for (name, webp) in [("lossless", lossless), ("lossy", lossy)] {
        assert!(seen(&webp).is_some(), "{name}");
        for change in [-50, -10, -4, -3, -2, i32::try_from(webp.len()).expect("short")] {
            is_refused(Format::Webp, &format!("{name}: file {change}"), &with_length(&webp, 4, change));
        }
        let mut none = webp.clone();
        for length in 0..40_u8 {
            none[4..8].copy_from_slice(&[length, 0, 0, 0]);
            is_refused(Format::Webp, &format!("{name}: file of {length}"), &none);
        }
        for change in [2, 4, 1000] {
            is_refused(Format::Webp, &format!("{name}: chunk {change}"), &with_length(&webp, 16, change));
        }
    }
    let header = riff(b"VP8X", &[0, 0, 0, 0, 23, 0, 0, 15, 0, 0]);
    let twice = [&b"WEBP"[..], &header, &header, &still(ImageFormat::WebP)[12..]].concat();
    is_refused(Format::Webp, "two headers", &riff(b"RIFF", &twice));
    let animated = made_by_pillow("animated.webp");
    for at in animated.windows(4).enumerate().filter(|(_, kind)| kind == b"ANMF").map(|(at, _)| at + 4) {
        for change in [-40, -2, 1000] {
            is_refused(Format::Webp, &format!("frame at {at} by {change}"), &with_length(&animated, at, change));
        }
        // A bit of the next chunk may be passed over by all.
        seen_by_all(Format::Webp, &format!("frame at {at}"), &with_length(&animated, at, 2));
    }
}

/// The parts of an animated WebP: what stands before its frames, and the data of these.
fn frames(webp: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let places: Vec<_> = (12..webp.len()).filter(|at| webp[*at..].starts_with(b"ANMF")).collect();
    let ends = places.iter().skip(1).copied().chain([webp.len()]);
    let frames = places.iter().zip(ends).map(|(at, end)| webp[at + 8..end].to_vec()).collect();
    (webp[12..places[0]].to_vec(), frames)
}

fn riff(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("short").to_le_bytes();
    [kind, &length[..], data, &vec![0; data.len() % 2]].concat()
}

fn animation((head, frames): &(Vec<u8>, Vec<Vec<u8>>)) -> Vec<u8> {
    let frames = frames.iter().flat_map(|frame| riff(b"ANMF", frame)).collect();
    riff(b"RIFF", &[b"WEBP".to_vec(), head.clone(), frames].concat())
}

fn is_its_first_picture(bytes: &[u8]) {
    let whole = seen(&made_by_pillow("animated.webp"));
    assert_eq!(seen_by_all(Format::Webp, "an animation", bytes), whole);
    let plain = for_operators(Format::Webp, bytes).expect("taken").expect("another file");
    assert_eq!(frames(&plain).1.len(), 1);
}

#[test]
fn an_animation_with_a_later_frame_that_cannot_be_decoded_is_its_first_picture() {
    let mut parts = frames(&made_by_pillow("animated.webp"));
    assert_eq!(animation(&parts), made_by_pillow("animated.webp"));
    let last = parts.1.last_mut().expect("frames");
    // Of the second partition, which has the coefficients, almost nothing is left.
    let first_partition = (u32::from_le_bytes([last[24], last[25], last[26], 0]) >> 5) as usize;
    let short = riff(b"VP8 ", &last[24..24 + 10 + first_partition + 2]);
    last.splice(16.., short);
    is_its_first_picture(&animation(&parts));
}

#[test]
fn an_animation_of_too_many_frames_is_its_first_picture() {
    let (head, frames) = frames(&made_by_pillow("animated.webp"));
    is_its_first_picture(&animation(&(head.clone(), vec![frames[0].clone(); 301])));
    assert_eq!(for_operators(Format::Webp, &animation(&(head, vec![frames[0].clone(); 300]))), Ok(None));
}

#[test]
fn a_frame_that_is_larger_than_the_animation_is_refused() {
    let (head, mut frames) = frames(&made_by_pillow("animated.webp"));
    let large = encoded(&photo(200, 200).into(), ImageFormat::WebP);
    frames[1].splice(16.., large[12..].to_vec());
    is_refused(Format::Webp, "a large frame", &animation(&(head, frames)));
}

#[test]
fn of_a_jpeg_operators_see_what_stands_behind_a_stray_marker() {
    let bytes = made_by_pillow("restarts.jpg");
    let restarts = bytes.windows(2).enumerate().filter(|(_, pair)| pair[0] == 0xFF && matches!(pair[1], 0xD0..=0xD7));
    for (at, _) in restarts.take(3) {
        for stray in [0x01, 0xAE, 0xBF] {
            let with_stray = [&bytes[..at], &[0xFF, stray], &bytes[at..]].concat();
            let shown = seen(&with_stray).expect("taken");
            let plain = for_operators(Format::Jpeg, &with_stray).expect("taken").expect("another file");
            assert!(seen(&plain) == Some(shown), "{stray:x} at {at}");
        }
    }
}

#[test]
fn a_jpeg_without_one_of_its_scans_is_refused() {
    // Three components of one block, each in a scan of its own.
    let segment = |marker: u8, data: &[u8]| [&[0xFF, marker, 0, data.len() as u8 + 2], data].concat();
    let scan = |component: u8| [segment(0xDA, &[1, component, 0, 0, 63, 0]), vec![0x3F]].concat();
    let frame = segment(0xC0, &[8, 0, 8, 0, 8, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    let table = |class: u8| segment(0xC4, &[&[class, 1][..], &[0; 16]].concat());
    let quantization = segment(0xDB, &[&[0][..], &[1; 64]].concat());
    let head = [b"\xff\xd8".to_vec(), quantization, frame, table(0), table(0x10)].concat();
    let picture = |scans: &[u8]| [head.clone(), scans.iter().flat_map(|name| scan(*name)).collect(), vec![0xFF, 0xD9]];
    assert!(seen_by_all(Format::Jpeg, "whole", &picture(&[1, 2, 3]).concat()).is_some());
    for scans in [&[1][..], &[1, 2], &[2, 3], &[1, 1, 3]] {
        is_refused(Format::Jpeg, &format!("{scans:?}"), &picture(scans).concat());
    }
}
