//! Pixels to files that have nothing else.

use image::{
    DynamicImage, ImageEncoder, ImageError, Rgb, RgbImage,
    codecs::{png::PngEncoder, webp::WebPEncoder},
};

use crate::{Error, jpeg, webp};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// JPEG, white where the picture can be seen through. Colors are half as fine as brightness below a quality of 90.
    Jpeg {
        /// From 1 to 100.
        quality: u8,
    },
    /// PNG, without loss.
    Png,
    /// WebP, with loss.
    Webp {
        /// From 1 to 100.
        quality: u8,
    },
    /// AVIF, with loss. Nothing here reads it.
    Avif {
        /// From 1 to 100.
        quality: u8,
    },
}

impl Encoding {
    /// The registered name of the format.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg { .. } => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp { .. } => "image/webp",
            Self::Avif { .. } => "image/avif",
        }
    }

    pub(crate) fn check(self) -> Result<(), Error> {
        match self {
            Self::Jpeg { quality } | Self::Webp { quality } | Self::Avif { quality }
                if !(1..=100).contains(&quality) =>
            {
                Err(Error::BadRecipe("a quality is from 1 to 100"))
            }
            _ => Ok(()),
        }
    }

    /// Whether a picture of this size is encoded in a time that can be waited for.
    pub(crate) fn check_size(self, size: (u32, u32)) -> Result<(), Error> {
        if matches!(self, Self::Avif { .. }) { Ok(labelmesh_avif::check_size(size)?) } else { Ok(()) }
    }

    /// How many bytes of memory encoding a picture of this size takes, beyond what all encoders take.
    pub(crate) fn memory_bytes(self, size: (u32, u32)) -> u64 {
        if matches!(self, Self::Avif { .. }) { labelmesh_avif::memory_bytes(size) } else { 0 }
    }
}

/// Encodes a picture, with its color profile where it has one. PNG keeps as many bits as there are.
///
/// # Errors
/// NotHeld.
pub(crate) fn encode(picture: DynamicImage, encoding: Encoding, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    match encoding {
        Encoding::Jpeg { quality } => jpeg::encode::encode(&over_white(picture), quality, profile.as_deref()),
        Encoding::Webp { quality } => webp::encode::encode(&colors(picture), quality),
        Encoding::Avif { quality } => Ok(labelmesh_avif::encode(&shades(picture), quality)?.file),
        Encoding::Png => {
            let picture = without_needless_alpha(picture);
            let mut bytes = Vec::new();
            write(PngEncoder::new(&mut bytes), &picture, profile)?;
            Ok(bytes)
        }
    }
}

/// Encodes a picture as WebP without loss, with its color profile where it has one.
///
/// # Errors
/// NotHeld.
pub(crate) fn lossless_webp(picture: DynamicImage, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    write(WebPEncoder::new_lossless(&mut bytes), &colors(picture), profile)?;
    Ok(bytes)
}

fn write(mut encoder: impl ImageEncoder, picture: &DynamicImage, profile: Option<Vec<u8>>) -> Result<(), Error> {
    let written = || {
        if let Some(profile) = profile {
            encoder.set_icc_profile(profile).map_err(ImageError::Unsupported)?;
        }
        encoder.write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into())
    };
    written().map_err(|_| Error::NotHeld("the format can't hold a picture of this size and these colors"))
}

/// Grey or RGB of eight bits; over white where the picture can be seen through.
pub(crate) fn over_white(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => picture,
        other if other.color().has_alpha() => {
            let over = |color: u8, alpha: u8| {
                let (color, alpha) = (u32::from(color), u32::from(alpha));
                ((color * alpha + 255 * (255 - alpha) + 127) / 255) as u8
            };
            let pixels = other.into_rgba8();
            let flat = RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
                let [r, g, b, alpha] = pixels.get_pixel(x, y).0;
                Rgb([r, g, b].map(|color| over(color, alpha)))
            });
            flat.into()
        }
        other if other.color().has_color() => other.into_rgb8().into(),
        other => other.into_luma8().into(),
    }
}

/// Grey or RGB of eight bits, and alpha with RGB where anything can be seen through.
pub(crate) fn shades(picture: DynamicImage) -> DynamicImage {
    match without_needless_alpha(picture) {
        grey if !grey.color().has_color() && !grey.color().has_alpha() => grey.into_luma8().into(),
        other => colors(other),
    }
}

/// RGB of eight bits, and alpha where anything can be seen through.
fn colors(picture: DynamicImage) -> DynamicImage {
    match without_needless_alpha(picture) {
        picture @ (DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_)) => picture,
        other if other.color().has_alpha() => other.into_rgba8().into(),
        other => other.into_rgb8().into(),
    }
}

/// The picture without alpha where it is nowhere less than full.
fn without_needless_alpha(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageRgba8(pixels) if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) => {
            DynamicImage::ImageRgba8(pixels).into_rgb8().into()
        }
        DynamicImage::ImageLumaA8(pixels) if pixels.pixels().all(|pixel| pixel.0[1] == u8::MAX) => {
            DynamicImage::ImageLumaA8(pixels).into_luma8().into()
        }
        other => other,
    }
}
