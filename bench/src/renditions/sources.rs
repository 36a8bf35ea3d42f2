//! The picture of which parts are cut out, and files of it.

use std::io::Cursor;

use anyhow::Result;
use bytes::Bytes;
use image::{ImageFormat, RgbImage};
use labelmesh_sdk::File;

/// Its size: 12 megapixels.
pub(super) const SIZE: (u32, u32) = (4_000, 3_000);

/// A photo, as far as a decoder is concerned: gradients, edges and some noise.
pub(super) fn picture() -> Result<Vec<u8>> {
    let mut noise = 0_u32;
    let pixels = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (noise >> 28) as u8;
        let edge = if (x / 160 + y / 120) % 2 == 0 { 40 } else { 0 };
        image::Rgb([(x / 24) as u8 + grain, (y / 18) as u8 + edge, ((x + y) / 40) as u8 + grain])
    });
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}

/// The same picture in a file of its own: a comment with a number stands behind the first marker (ITU T.81, B.2.4.5).
pub(super) fn numbered(picture: &[u8], number: u32) -> File {
    let (start, rest) = picture.split_at(2);
    let comment = [&[0xff, 0xfe, 0, 6], number.to_be_bytes().as_slice()].concat();
    let data = Bytes::from([start, &comment, rest].concat());
    File { name: format!("{number}.jpg"), media_type: "image/jpeg".to_owned(), data }
}
