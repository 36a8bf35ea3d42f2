//! Pictures made smaller for whoever looks at them, of one decode.

use image::DynamicImage;

use crate::{Encoding, Error, Format, Limits, Source, caught::caught, encode::encode, picture::Stored};

/// As large as a screen: nobody sees that it was encoded twice.
const SCREEN_QUALITY: u8 = 90;
/// Nobody looks long at a thumbnail.
const THUMBNAIL_QUALITY: u8 = 80;

/// Whoever gives a picture has judged it.
const JUDGED: Limits = Limits {
    max_bytes: u64::MAX,
    max_pixels: u64::MAX,
    max_frames: u32::MAX,
    max_frame_pixels: u64::MAX,
    max_memory_bytes: u64::MAX,
};

/// The most pixels on the longer side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// Of a picture as large as a screen.
    pub screen: u32,
    /// Of a thumbnail: less than those of a screen.
    pub thumbnail: u32,
}

/// Smaller pictures of one: upright, in sRGB, and of an animation the first frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shrunk {
    /// As large as a screen, in the same format. None where the picture is no larger, or a GIF, which is not written
    /// here.
    pub screen: Option<Vec<u8>>,
    /// As large as a thumbnail, in the format of [`thumbnail_format`]. None where the picture is no larger.
    pub thumbnail: Option<Vec<u8>>,
}

/// What thumbnails of such pictures are: JPEG of JPEG, and WebP of all that may be seen through.
#[must_use]
pub fn thumbnail_format(format: Format) -> Format {
    if format == Format::Jpeg { Format::Jpeg } else { Format::Webp }
}

/// Makes a picture smaller that was judged before. It is decoded once, and the thumbnail is made of the larger picture.
/// Takes CPU time: not for an async thread.
///
/// # Errors
/// Damaged, TooManyScans or Panicked, if it can't be decoded; NotHeld, if it can't be encoded again.
pub fn shrunk(format: Format, bytes: &[u8], sides: Sides) -> Result<Shrunk, Error> {
    let source = Source::open(bytes, JUDGED)?;
    let longer = source.size().0.max(source.size().1);
    if longer <= sides.thumbnail {
        return Ok(Shrunk::default());
    }
    let made = caught(|| {
        if longer <= sides.screen || format == Format::Gif {
            let thumbnail = thumbnail(format, source.inside(sides.thumbnail)?)?;
            return Ok(Shrunk { screen: None, thumbnail: Some(thumbnail) });
        }
        let large = Stored::all(source.inside(sides.screen)?);
        let thumbnail = thumbnail(format, large.small(sides.thumbnail))?;
        let screen = encode(large.into_pixels(), encoding(format, SCREEN_QUALITY), None)?;
        Ok(Shrunk { screen: Some(screen), thumbnail: Some(thumbnail) })
    });
    made.map_err(Error::Panicked)?
}

fn thumbnail(format: Format, picture: DynamicImage) -> Result<Vec<u8>, Error> {
    encode(picture, encoding(thumbnail_format(format), THUMBNAIL_QUALITY), None)
}

fn encoding(format: Format, quality: u8) -> Encoding {
    match format {
        Format::Jpeg => Encoding::Jpeg { quality },
        Format::Webp => Encoding::Webp { quality },
        Format::Png | Format::Gif => Encoding::Png,
    }
}

/// How many bytes of memory [`shrunk`] takes at most, beside decoding a picture of this size.
#[must_use]
pub fn shrinking((width, height): (u32, u32), sides: Sides) -> u64 {
    let (side, other) = (u64::from(width.max(height)), u64::from(width.min(height)));
    // Resampled across and not yet down; the result with alpha, in sRGB, as coefficients.
    let made = |longest: u32| {
        let longest = u64::from(longest);
        let small = longest * (other * longest / side.max(1)).max(1);
        if side <= longest { 0 } else { longest.min(u64::from(width)) * u64::from(height) * 4 + small * 20 }
    };
    let (screen, thumbnail) = (u64::from(sides.screen), u64::from(sides.thumbnail));
    let of_screen = if side > screen { screen * thumbnail * 4 + thumbnail * thumbnail * 20 } else { 0 };
    made(sides.screen).max(made(sides.thumbnail)) + of_screen
}
