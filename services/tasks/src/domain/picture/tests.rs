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

fn judge(bytes: &[u8], declared: &str) -> Result<Picture, Refusal> {
    Header::read(bytes, declared, MAX_PIXELS)?.decode(bytes)
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
        let expected = Picture { media_type, width: 40, height: 30 };
        for declared in ["", "application/octet-stream", media_type.as_str(), &format!("{}; q=1", media_type.as_str())]
        {
            assert_eq!(judge(&bytes, declared), Ok(expected), "{declared}");
        }
        assert!(Header::read(&bytes, "", MAX_PIXELS).expect("fine").memory_bytes() >= 40 * 30 * 3);
    }
}

#[test]
fn every_cut_of_every_format_is_noticed() {
    for (format, _) in all() {
        let bytes = encoded(format);
        for length in 1..bytes.len() {
            match judge(&bytes[..length], "") {
                Err(Refusal::Damaged(_) | Refusal::FormatUnknown) => {}
                other => panic!("{format:?} cut to {length} of {} bytes: {other:?}", bytes.len()),
            }
        }
    }
}

#[test]
fn bytes_after_the_end_do_no_harm() {
    for (format, _) in all() {
        let mut bytes = encoded(format);
        bytes.extend_from_slice(b"made with love");
        assert!(judge(&bytes, "").is_ok(), "{format:?}");
    }
}

#[test]
fn what_is_no_image_is_refused_whatever_it_is_called() {
    assert_eq!(judge(b"", "image/png"), Err(Refusal::Empty));
    for bytes in [b"#!/bin/sh\nrm -rf /\n".as_slice(), b"<svg xmlns='x'/>", b"BM not ours", b"%PDF-1.7"] {
        assert_eq!(judge(bytes, "image/png"), Err(Refusal::FormatUnknown));
    }
    let mut script = encoded(ImageFormat::Png)[..8].to_vec();
    script.extend_from_slice(b"#!/bin/sh\necho a signature alone makes no picture\n");
    assert!(matches!(judge(&script, "image/png"), Err(Refusal::Damaged(_))));
}

#[test]
fn a_picture_declared_as_another_format_is_refused() {
    let refused = judge(&encoded(ImageFormat::Jpeg), "image/png");
    assert_eq!(refused, Err(Refusal::TypeMismatch { declared: "image/png".into(), actual: MediaType::Jpeg }));
    assert!(judge(&encoded(ImageFormat::Jpeg), "IMAGE/JPG").is_ok());
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    for (width, height) in [(65_535, 65_535), (2_147_483_647, 1), (1, 2_147_483_647), (10_000, 5_001)] {
        let refused = Header::read(&png_of(width, height), "", MAX_PIXELS);
        assert_eq!(refused, Err(Refusal::TooManyPixels { max_pixels: MAX_PIXELS }), "{width} x {height}");
    }
    let mut gif = encoded(ImageFormat::Gif);
    gif[6..10].fill(0xFF);
    assert!(matches!(Header::read(&gif, "", MAX_PIXELS), Err(Refusal::TooManyPixels { .. })));
}

#[test]
fn a_header_that_promises_more_than_there_is_is_damaged() {
    assert!(matches!(judge(&png_of(4_000, 4_000), ""), Err(Refusal::Damaged(_))));
}

#[test]
fn no_flipped_byte_makes_a_decoder_panic_or_grow() {
    for (format, _) in all() {
        let bytes = encoded(format);
        for at in 0..bytes.len().min(1_500) {
            for value in [0, 0x7F, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] = value;
                if let Ok(header) = Header::read(&changed, "", 1_000_000) {
                    assert!(header.memory_bytes() < 20_000_000);
                    let _ = header.decode(&changed);
                }
            }
        }
    }
}
