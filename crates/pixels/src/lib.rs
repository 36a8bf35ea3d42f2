#![doc = include_str!("../README.md")]

mod gif;
mod jpeg;
mod png;
mod upright;
mod webp;

use std::borrow::Cow;

/// The containers that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// ITU T.81, with JFIF or Exif around it.
    Jpeg,
    /// W3C PNG, animated too.
    Png,
    /// RFC 9649.
    Webp,
    /// GIF87a and GIF89a.
    Gif,
}

/// A picture could not be turned upright.
#[derive(Debug, thiserror::Error)]
#[error("it can't be turned upright: {0}")]
pub struct NotTurned(#[from] image::ImageError);

/// The file that operators get of a picture; none where it is the file as it is. Takes CPU time where the picture has
/// to be turned: not for an async thread.
///
/// # Errors
/// If the picture lies on its side and can't be decoded.
pub fn for_operators(format: Format, bytes: &[u8]) -> Result<Option<Vec<u8>>, NotTurned> {
    let turn = upright::turn(format, bytes);
    let plain = match format {
        Format::Jpeg => jpeg::plain(bytes),
        Format::Png => png::plain(bytes),
        Format::Webp => webp::plain(bytes),
        Format::Gif => gif::plain(bytes),
    };
    match turn {
        Some(turn) => Ok(Some(upright::turned(format, &plain, turn)?)),
        None => Ok((plain != bytes).then_some(plain)),
    }
}

/// How many times the bytes of its pixels turning a picture takes, beside decoding it: they are copied when they are
/// turned, and once more where they are encoded from another layout.
pub const TURNING: u64 = 2;

/// Whether nothing of the file is missing that could be seen, as far as decoding does not tell: a decoder stops when it
/// has the pixels of the first frame, or fills in what is missing. Only lengths and markers are looked at. What follows
/// the end does not matter.
#[must_use]
pub fn is_whole(format: Format, bytes: &[u8]) -> bool {
    match format {
        // Decoding tells.
        Format::Jpeg | Format::Png => true,
        Format::Gif => gif::is_whole(bytes),
        Format::Webp => webp::is_whole(bytes),
    }
}

/// The file with the end that its decoder wants, in the place of whatever is not a whole chunk: where all pixels came
/// before, nothing that can be seen is missing.
#[must_use]
pub fn with_end(format: Format, bytes: &[u8]) -> Cow<'_, [u8]> {
    if format == Format::Png { png::with_end(bytes) } else { bytes.into() }
}
