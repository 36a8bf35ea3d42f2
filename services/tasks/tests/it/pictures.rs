//! Small pictures, all different.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

/// A picture of 8 x 8 pixels whose bytes are its own for each number.
pub(crate) fn picture(number: u32, format: ImageFormat) -> Vec<u8> {
    let [_, r, g, b] = number.wrapping_mul(0x9E37_79B1).to_be_bytes();
    let picture = RgbImage::from_fn(8, 8, |x, y| image::Rgb([r ^ (x * 8) as u8, g ^ (y * 8) as u8, b]));
    encoded(picture.into(), format)
}

/// A PNG of this picture of [`picture`].
pub(crate) fn png(number: u32) -> Vec<u8> {
    picture(number, ImageFormat::Png)
}

/// A JPEG of noise, of about as many bytes as pixels.
pub(crate) fn large_jpeg(seed: u32, side: u32) -> Vec<u8> {
    let mut state = 2 * seed + 1;
    let picture = RgbImage::from_fn(side, side, |_, _| {
        // Xorshift (Marsaglia 2003): noise is what compresses worst.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [_, r, g, b] = state.to_be_bytes();
        image::Rgb([r, g, b])
    });
    encoded(picture.into(), ImageFormat::Jpeg)
}

/// A JPEG of these sides whose camera was turned a quarter to the right (Exif 2.32, tag 0112H).
pub(crate) fn photo_on_its_side(number: u32, width: u32, height: u32) -> Vec<u8> {
    let [_, r, g, b] = number.wrapping_mul(0x9E37_79B1).to_be_bytes();
    let bytes = encoded(RgbImage::from_pixel(width, height, image::Rgb([r, g, b])).into(), ImageFormat::Jpeg);
    let exif = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    [&bytes[..2], exif, &bytes[2..]].concat()
}

/// The colors of [`corners`]: in the upper left corner, the upper right, the lower left and the lower right.
pub(crate) const CORNERS: [[u8; 3]; 4] = [[220, 30, 30], [30, 220, 30], [30, 30, 220], [220, 220, 220]];

/// A JPEG of these sides, as people see it, that a camera stored with this orientation (Exif 2.32, tag 0112H): each
/// quarter has a color of its own.
pub(crate) fn corners(orientation: u8, (width, height): (u32, u32)) -> Vec<u8> {
    let (right, bottom) = (width - 1, height - 1);
    let (columns, rows) = if orientation > 4 { (height, width) } else { (width, height) };
    let stored = RgbImage::from_fn(columns, rows, |x, y| {
        let (x, y) = match orientation {
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (right - y, x),
            7 => (right - y, bottom - x),
            8 => (y, bottom - x),
            _ => (x, y),
        };
        image::Rgb(CORNERS[usize::from(x > right / 2) + 2 * usize::from(y > bottom / 2)])
    });
    let bytes = encoded(stored.into(), ImageFormat::Jpeg);
    let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    let exif = [b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01", &tag[..], &[0; 4]].concat();
    [&bytes[..2], &exif, &bytes[2..]].concat()
}

/// A PNG of one color with 4 bytes a pixel, which compresses to next to nothing.
pub(crate) fn flat_png(side: u32, color: u32) -> Vec<u8> {
    let picture = image::RgbaImage::from_pixel(side, side, image::Rgba((color + 1).to_be_bytes()));
    encoded(picture.into(), ImageFormat::Png)
}

fn encoded(picture: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let picture = if format == ImageFormat::Gif { picture.to_rgba8().into() } else { picture };
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

/// The header of a PNG of this size with hardly any data behind it: a bomb of a few bytes.
pub(crate) fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(0);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = !bytes[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    });
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}
