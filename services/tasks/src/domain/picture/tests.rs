//! Real pictures of all formats pass; what is hostile or broken is refused by the right word.

use image::{DynamicImage, RgbImage};

use super::*;

const MAX_PIXELS: u64 = 50_000_000;

fn encoded(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(40, 30, |x, y| image::Rgb([(x * 6) as u8, (y * 8) as u8, (x * y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(picture);
    let picture = if format == ImageFormat::Gif { picture.to_rgba8().into() } else { picture };
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

fn all() -> [(ImageFormat, MediaType); 4] {
    [
        (ImageFormat::Jpeg, MediaType::Jpeg),
        (ImageFormat::Png, MediaType::Png),
        (ImageFormat::WebP, MediaType::Webp),
        (ImageFormat::Gif, MediaType::Gif),
    ]
}

fn judge(bytes: &[u8]) -> Result<Picture, Refusal> {
    Header::read(bytes, MAX_PIXELS)?.decode(bytes)
}

/// What a viewer shows that forgives much.
fn pixels(bytes: &[u8]) -> Option<DynamicImage> {
    image::load_from_memory(bytes).ok()
}

/// A PNG whose header says this size, with a little data.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// The checksum of PNG chunks, bit by bit (W3C PNG, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn all_four_formats_are_taken() {
    for (format, media_type) in all() {
        let bytes = encoded(format);
        assert_eq!(judge(&bytes), Ok(Picture { media_type, width: 40, height: 30 }));
        assert!(Header::read(&bytes, MAX_PIXELS).expect("fine").memory_bytes() >= 40 * 30);
    }
}

#[test]
fn a_cut_is_noticed_where_pixels_are_missing_and_only_there() {
    for (format, media_type) in all() {
        let bytes = encoded(format);
        let whole = pixels(&bytes);
        for length in 1..bytes.len() {
            let cut = &bytes[..length];
            match judge(cut) {
                Err(Refusal::Damaged(_) | Refusal::FormatUnknown) => {}
                // The same without its end marker is the same to see.
                Ok(_) => {
                    let shown = pixels(&readable(media_type.container(), cut));
                    assert!(shown == whole, "{format:?} cut to {length} of {} bytes", bytes.len());
                }
                other => panic!("{format:?} cut to {length} of {} bytes: {other:?}", bytes.len()),
            }
        }
    }
}

#[test]
fn an_end_marker_makes_no_picture_whole_and_its_lack_none_damaged() {
    let (jpeg, png, gif) = (encoded(ImageFormat::Jpeg), encoded(ImageFormat::Png), encoded(ImageFormat::Gif));
    for whole in [&jpeg[..jpeg.len() - 2], &png[..png.len() - 12], &gif[..gif.len() - 1]] {
        judge(whole).expect("all pixels are there");
    }
    let large = RgbImage::from_fn(1_200, 1_000, |x, y| image::Rgb([(x * y) as u8, x as u8, y as u8]));
    let mut large_jpeg = Cursor::new(Vec::new());
    large.write_to(&mut large_jpeg, ImageFormat::Jpeg).expect("encodes");
    let large_jpeg = large_jpeg.into_inner();
    judge(&large_jpeg[..large_jpeg.len() - 2]).expect("all pixels are there");
    assert!(matches!(
        judge(&[&large_jpeg[..large_jpeg.len() * 3 / 4], b"\xff\xd9"].concat()),
        Err(Refusal::Damaged(_))
    ));
    for half in [[&jpeg[..jpeg.len() * 3 / 4], b"\xff\xd9"].concat(), [&gif[..gif.len() * 3 / 4], b";"].concat()] {
        assert!(matches!(judge(&half), Err(Refusal::Damaged(_))));
    }
}

/// A GIF of one frame that is one pixel, with a screen of this size, with or without a table of two colors.
fn gif_of(screen: [u8; 4], table: bool, before_frame: &[u8]) -> Vec<u8> {
    let flags: &[u8] = if table { &[0x80, 0, 0, 0, 0, 0, 255, 255, 255] } else { &[0, 0, 0] };
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    [b"GIF89a", &screen[..], flags, before_frame, frame, b";"].concat()
}

#[test]
fn a_gif_is_what_viewers_show_of_it() {
    let one = Ok(Picture { media_type: MediaType::Gif, width: 1, height: 1 });
    let unknown_extension = b"\x21\x20\x01\x55\0";
    assert_eq!(judge(&gif_of([1, 0, 1, 0], true, b"")), one);
    assert_eq!(judge(&gif_of([0; 4], true, b"")), one, "no screen");
    assert_eq!(judge(&gif_of([1, 0, 1, 0], false, b"")), one, "no colors");
    assert_eq!(judge(&gif_of([1, 0, 1, 0], true, unknown_extension)), one);
    let padded = gif_of([1, 0, 1, 0], true, b"");
    assert_eq!(judge(&[&padded[..padded.len() - 1], b"\0\0;"].concat()), one);
    let wide = judge(&gif_of([0, 0, 10, 0], true, b"")).expect("shown");
    assert_eq!((wide.width, wide.height), (1, 10));
    let no_frame = [&padded[..19], b";"].concat();
    assert!(matches!(judge(&no_frame), Err(Refusal::Damaged(_))));
}

#[test]
fn a_jpeg_is_what_viewers_show_of_it() {
    let bytes = encoded(ImageFormat::Jpeg);
    let whole = Ok(Picture { media_type: MediaType::Jpeg, width: 40, height: 30 });
    // Adobe's segment says how colors were transformed; nobody minds one that is too short to.
    assert_eq!(judge(&[&bytes[..2], b"\xff\xee\0\x04Ad", &bytes[2..]].concat()), whole);
    let tables = bytes.windows(2).position(|pair| pair == [0xFF, 0xC4]).expect("tables");
    let mut bad = bytes.clone();
    // More codes of a length than there are (ITU T.81, B.2.4.2).
    bad[tables + 5] = 0xFF;
    assert!(matches!(judge(&bad), Err(Refusal::Damaged(_))));
}

#[test]
fn width_and_height_are_those_that_people_see() {
    let jpeg = encoded(ImageFormat::Jpeg);
    for orientation in 1..=8 {
        // An Exif segment with nothing but the orientation, in the order of bytes of Motorola.
        let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
        let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01", &tag[..], &[0; 4]].concat();
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        let turned = [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat();
        let picture = judge(&turned).expect("taken");
        let expected = if orientation < 5 { (40, 30) } else { (30, 40) };
        assert_eq!((picture.width, picture.height), expected, "{orientation}");
    }
}

#[test]
fn bytes_after_the_end_do_no_harm() {
    for (format, _) in all() {
        let mut bytes = encoded(format);
        bytes.extend_from_slice(b"made with love");
        assert!(judge(&bytes).is_ok(), "{format:?}");
    }
}

#[test]
fn what_is_no_image_is_refused() {
    assert_eq!(judge(b""), Err(Refusal::Empty));
    for bytes in [b"#!/bin/sh\nrm -rf /\n".as_slice(), b"<svg xmlns='x'/>", b"BM not ours", b"%PDF-1.7"] {
        assert_eq!(judge(bytes), Err(Refusal::FormatUnknown));
    }
    let mut script = encoded(ImageFormat::Png)[..8].to_vec();
    script.extend_from_slice(b"#!/bin/sh\necho a signature alone makes no picture\n");
    assert!(matches!(judge(&script), Err(Refusal::Damaged(_))));
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    for (width, height) in [(65_535, 65_535), (2_147_483_647, 1), (1, 2_147_483_647), (10_000, 5_001)] {
        let refused = Header::read(&png_of(width, height), MAX_PIXELS);
        assert_eq!(refused, Err(Refusal::TooManyPixels { max_pixels: MAX_PIXELS }), "{width} x {height}");
    }
    let mut gif = encoded(ImageFormat::Gif);
    gif[6..10].fill(0xFF);
    assert!(matches!(Header::read(&gif, MAX_PIXELS), Err(Refusal::TooManyPixels { .. })));
}

#[test]
fn a_header_that_promises_more_than_there_is_is_damaged() {
    assert!(matches!(judge(&png_of(4_000, 4_000)), Err(Refusal::Damaged(_))));
}

#[test]
fn no_flipped_byte_makes_a_decoder_panic_or_grow() {
    for (format, _) in all() {
        let bytes = encoded(format);
        for at in 0..bytes.len().min(1_500) {
            for value in [0, 0x7F, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] = value;
                if let Ok(header) = Header::read(&changed, 1_000_000) {
                    assert!(header.memory_bytes() < 40_000_000);
                    let _ = header.decode(&changed);
                }
            }
        }
    }
}
