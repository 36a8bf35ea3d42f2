//! Whether what was fetched can be the image of a page.

use labelmesh_pixels::{Limits, Source};

use crate::lead::{Options, Reason};

/// The longest side over the shortest. What is longer is a banner or a line.
const MAX_RATIO: u32 = 3;
/// A picture is compared in this size: small enough to be quick, large enough that lines are seen.
const SMALL: u32 = 64;
/// How far values of one color may be apart, in each channel: JPEG is not exact.
const ONE_COLOR: u8 = 8;

/// A picture that may be the image of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) media_type: &'static str,
}

/// Decodes and judges a picture. Takes CPU time: not for an async thread.
///
/// # Errors
/// Why it can't be.
pub(crate) fn judge(bytes: &[u8], options: &Options) -> Result<Picture, Reason> {
    let limits = Limits { max_bytes: options.max_bytes as u64, ..Limits::default() };
    let source = Source::open(bytes, limits).map_err(|_| Reason::NotAPicture)?;
    let (width, height) = source.size();
    let (shorter, longer) = (width.min(height), width.max(height));
    if shorter < options.min_side {
        return Err(Reason::TooSmall);
    }
    if u64::from(longer) > u64::from(shorter) * u64::from(MAX_RATIO) {
        return Err(Reason::TooNarrow);
    }
    let small = source.small(SMALL).map_err(|_| Reason::NotAPicture)?;
    let (mut least, mut most) = ([u8::MAX; 3], [u8::MIN; 3]);
    for pixel in small.pixels() {
        for channel in 0..3 {
            least[channel] = least[channel].min(pixel.0[channel]);
            most[channel] = most[channel].max(pixel.0[channel]);
        }
    }
    if (0..3).all(|channel| most[channel] - least[channel] <= ONE_COLOR) {
        return Err(Reason::OneColor);
    }
    Ok(Picture { width, height, media_type: source.media_type() })
}

/// Whether these bytes begin like a picture.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    Source::open(bytes, Limits::default()).is_ok()
}
