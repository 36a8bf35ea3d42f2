//! Pictures turned as they are meant to be seen (Exif 2.32, tag 0112H).

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, ImageResult,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
    metadata::Orientation,
};

use crate::Format;

/// Nobody sees that it was encoded twice.
const QUALITY: u8 = 92;

/// How the picture has to be turned, if it has to be.
pub(crate) fn turn(format: Format, bytes: &[u8]) -> Option<Orientation> {
    // What is wrong with metadata is not wrong with the picture.
    let turn = decoder(format, bytes).ok()?.orientation().ok()?;
    (turn != Orientation::NoTransforms).then_some(turn)
}

fn decoder(format: Format, bytes: &[u8]) -> ImageResult<impl ImageDecoder + '_> {
    let format = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Webp => ImageFormat::WebP,
        Format::Gif => ImageFormat::Gif,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // Whoever gives a picture has judged its size.
    reader.no_limits();
    reader.into_decoder()
}

/// The picture turned, with its color profile, in the same format.
pub(crate) fn turned(format: Format, plain: &[u8], turn: Orientation) -> ImageResult<Vec<u8>> {
    let mut decoder = decoder(format, plain)?;
    let profile = decoder.icc_profile()?;
    // A profile of other colors than the decoder gives, as of inks, says nothing of these.
    let channels = decoder.original_color_type().channel_count();
    let profile = profile.filter(|_| channels == decoder.color_type().channel_count());
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(turn);
    let mut bytes = Vec::new();
    match format {
        Format::Jpeg => {
            write(JpegEncoder::new_with_quality(&mut bytes, QUALITY), profile, &eight_bits(picture, false))?
        }
        Format::Webp => write(WebPEncoder::new_lossless(&mut bytes), profile, &eight_bits(picture, true))?,
        Format::Png | Format::Gif => write(PngEncoder::new(&mut bytes), profile, &picture)?,
    }
    Ok(bytes)
}

/// The picture in a layout that its encoder takes.
fn eight_bits(picture: DynamicImage, has_alpha: bool) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => picture,
        DynamicImage::ImageRgba8(_) if has_alpha => picture,
        other if has_alpha && other.color().has_alpha() => other.into_rgba8().into(),
        other => other.into_rgb8().into(),
    }
}

fn write(mut encoder: impl ImageEncoder, profile: Option<Vec<u8>>, picture: &DynamicImage) -> ImageResult<()> {
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).map_err(image::ImageError::Unsupported)?;
    }
    encoder.write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into())
}
