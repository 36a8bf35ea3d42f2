//! Pixels to JPEG, by libjpeg: one scan, Huffman codes made for the picture.

use image::DynamicImage;
use mozjpeg::{ColorSpace, Compress, Marker};

use super::decode::Channels;
use crate::{Error, caught::caught};

/// From this quality on colors are as fine as brightness.
const FINE: u8 = 90;
/// The most bytes of a profile that a segment holds, beside its name, its number and how many there are (ICC.1:2022,
/// B.4).
pub(super) const PROFILE_BYTES: usize = 65_519;

/// Encodes grey or RGB of eight bits with a quality from 1 to 100 and perhaps a color profile.
///
/// # Errors
/// NotHeld.
pub(crate) fn encode(picture: &DynamicImage, quality: u8, profile: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    encode_channels(picture, Channels::Rgb, quality, profile)
}

/// The same, where three channels are these.
///
/// # Errors
/// NotHeld.
pub(crate) fn encode_channels(
    picture: &DynamicImage,
    channels: Channels,
    quality: u8,
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, Error> {
    let space = match (picture, channels) {
        (DynamicImage::ImageLuma8(_), _) => ColorSpace::JCS_GRAYSCALE,
        (DynamicImage::ImageRgb8(_), Channels::Rgb) => ColorSpace::JCS_RGB,
        (DynamicImage::ImageRgb8(_), Channels::YCbCr) => ColorSpace::JCS_YCbCr,
        _ => return Err(Error::NotHeld("a JPEG holds grey or RGB of eight bits")),
    };
    if picture.width().max(picture.height()) > 65_500 {
        return Err(Error::NotHeld("a JPEG is at most 65,500 pixels wide and high"));
    }
    let written = caught(|| write(picture, space, quality, profile)).map_err(Error::Panicked)?;
    written.map_err(|error| Error::Panicked(error.to_string()))
}

fn write(picture: &DynamicImage, space: ColorSpace, quality: u8, profile: Option<&[u8]>) -> std::io::Result<Vec<u8>> {
    let mut encoder = Compress::new(space);
    encoder.set_fastest_defaults();
    encoder.set_size(picture.width() as usize, picture.height() as usize);
    encoder.set_quality(quality.into());
    encoder.set_optimize_coding(true);
    let halved = if quality < FINE { (2, 2) } else { (1, 1) };
    if space != ColorSpace::JCS_GRAYSCALE {
        encoder.set_chroma_sampling_pixel_sizes(halved, halved);
    }
    let mut encoder = encoder.start_compress(Vec::new())?;
    let parts = profile.unwrap_or_default().chunks(PROFILE_BYTES);
    let count = u8::try_from(parts.len()).unwrap_or(u8::MAX);
    for (part, number) in parts.zip(1..=count) {
        encoder.write_marker(Marker::APP(2), &[b"ICC_PROFILE\0", &[number, count][..], part].concat());
    }
    encoder.write_scanlines(picture.as_bytes())?;
    encoder.finish()
}
