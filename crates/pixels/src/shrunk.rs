//! Pictures that are larger than a screen, made as large as one.

use crate::{Bounds, Encoding, Error, Fit, Focus, Format, Frames, Limits, Output, Recipe, Source};

/// Nobody sees that it was encoded twice.
const QUALITY: u8 = 90;

/// Whoever gives a picture has judged it.
const JUDGED: Limits = Limits {
    max_bytes: u64::MAX,
    max_pixels: u64::MAX,
    max_frames: u32::MAX,
    max_frame_pixels: u64::MAX,
    max_memory_bytes: u64::MAX,
};

/// The file with at most so many pixels on its longer side, in the same format, upright and in sRGB; of an animation
/// the first frame. None where the picture is no larger, or a GIF, which is not written here. The picture was judged
/// before. Takes CPU time: not for an async thread.
///
/// # Errors
/// Damaged, TooManyScans or Panicked, if it can't be decoded; NotHeld, if it can't be encoded again.
pub fn shrunk(format: Format, bytes: &[u8], longest: u32) -> Result<Option<Vec<u8>>, Error> {
    let encoding = match format {
        Format::Jpeg => Encoding::Jpeg { quality: QUALITY },
        Format::Png => Encoding::Png,
        Format::Webp => Encoding::Webp { quality: QUALITY },
        Format::Gif => return Ok(None),
    };
    let source = Source::open(bytes, JUDGED)?;
    let (width, height) = source.size();
    if width.max(height) <= longest {
        return Ok(None);
    }
    let bounds = Bounds::Both(longest, longest);
    let recipe = Recipe::Resize { bounds, fit: Fit::Inside, enlarge: false, focus: Focus::Center };
    Ok(Some(source.make(&recipe, Output { encoding, frames: Frames::First })?.bytes))
}

/// How many bytes of memory [`shrunk`] takes at most, beside decoding a picture of this size.
#[must_use]
pub fn shrinking((width, height): (u32, u32), longest: u32) -> u64 {
    let (side, other, longest) = (u64::from(width.max(height)), u64::from(width.min(height)), u64::from(longest));
    if side <= longest {
        return 0;
    }
    let small = longest * (other * longest / side).max(1);
    // Resampled across and not yet down; the result with alpha, in sRGB, as coefficients.
    longest.min(u64::from(width)) * u64::from(height) * 4 + small * 20
}
