#![doc = include_str!("../README.md")]

mod ahead;
mod animation;
mod attention;
mod caught;
mod encode;
mod error;
mod geometry;
mod gif;
mod icc;
mod jpeg;
mod limits;
mod optimize;
mod picture;
mod png;
mod recipe;
mod shrunk;
mod source;
mod svg;
mod upright;
mod webp;

use std::borrow::Cow;

pub use self::{
    ahead::png_memory_bytes,
    encode::Encoding,
    error::Error,
    geometry::Rect,
    limits::Limits,
    optimize::{Formats, Optimized, Promise, Written},
    recipe::{Bounds, Fit, Focus, Recipe, Window},
    shrunk::{Shrunk, Sides, shrinking, shrunk, thumbnail_format},
    source::{Frames, Output, Rendition, Source},
};

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

impl Format {
    /// The registered name of the format.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }
}

/// What is wrong with a file whose pixels are all there. Viewers show it, and strict readers may stop at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Something beside the pixels is not as the format says. PNG: a chunk's kind, length or checksum, an animation out
    /// of sequence, a text or profile that inflates to more than 1 MiB or is compressed in an unknown way, a profile
    /// without a name. JPEG: garbage between segments, a JFIF segment that is too short.
    Malformed,
    /// The file ends before its end marker.
    NoEnd,
}

/// What strict readers may stop at in a file whose pixels are all there; each note once. Pillow stops at what is
/// malformed.
#[must_use]
pub fn notes(format: Format, bytes: &[u8]) -> Vec<Note> {
    match format {
        Format::Jpeg => jpeg::notes(bytes),
        Format::Png => png::notes(bytes),
        Format::Gif => gif::notes(bytes),
        // A length is all that tells its end, and is_whole has looked at it.
        Format::Webp => Vec::new(),
    }
}

/// The file that operators get of a picture; none where it is the file as it is. Takes CPU time: not for an async
/// thread.
///
/// What is another file is decoded here before anybody gets it, and the picture is encoded again where that fails.
///
/// # Errors
/// Damaged or TooManyScans, if the picture has to be decoded and can't be; NotHeld, if it can't be encoded again.
pub fn for_operators(format: Format, bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let readable = readable(format, bytes);
    let turn = upright::turn(format, &readable);
    let plain = match format {
        Format::Jpeg => jpeg::plain(bytes),
        Format::Png => png::plain(bytes)?,
        Format::Webp => webp::plain(bytes)?,
        Format::Gif => gif::plain(bytes),
    };
    if let Some(turn) = turn {
        return Ok(Some(upright::turned(format, &plain, turn)?));
    }
    let bare = match format {
        Format::Jpeg => match jpeg::bare(&plain)? {
            Some(bare) => bare,
            None => plain,
        },
        _ => plain,
    };
    if bare == bytes {
        Ok(None)
    } else if upright::is_shown(format, &bare, &readable) {
        Ok(Some(bare))
    } else {
        upright::anew(format, &readable).map(Some)
    }
}

/// How many times the bytes of its pixels turning a picture takes, beside decoding it: they are copied when they are
/// turned, and once more where they are encoded from another layout. A JPEG of inks becomes colors. A PNG may become as
/// large as its pixels, in a buffer that grows by doubling.
#[must_use]
pub fn turning(format: Format) -> u64 {
    match format {
        Format::Webp | Format::Gif => 2,
        Format::Jpeg => 3,
        Format::Png => 4,
    }
}

/// Whether a JPEG has all its pixels, which a decoder does not tell: it fills in what is missing. It is read to its
/// last pixel by what viewers read it with; pixels are not kept. Takes CPU time: not for an async thread.
///
/// # Errors
/// Damaged or TooManyScans.
pub fn check_jpeg(bytes: &[u8]) -> Result<(), Error> {
    jpeg::decode::check(bytes)
}

/// Whether nothing of the file is missing that could be seen, as far as decoding does not tell: a decoder stops when it
/// has the pixels of the first frame, or fills in what is missing. Only lengths and markers are looked at. What follows
/// the end does not matter.
#[must_use]
pub fn is_whole(format: Format, bytes: &[u8]) -> bool {
    match format {
        // Decoding tells, and check_jpeg.
        Format::Jpeg => true,
        Format::Png => png::is_whole(bytes),
        Format::Gif => gif::is_whole(bytes),
        Format::Webp => webp::is_whole(bytes),
    }
}

/// The file as its decoder wants it, with all that can be seen. A PNG has an end, in the place of whatever is not a
/// whole chunk and has no pixels. A JPEG has none of the segments that decoders stumble over and viewers pass over. A
/// GIF has a screen at least as large as its first frame, a color table for each frame, and no blocks that are not
/// understood.
#[must_use]
pub fn readable(format: Format, bytes: &[u8]) -> Cow<'_, [u8]> {
    match format {
        Format::Jpeg => jpeg::readable(bytes),
        Format::Png => png::with_end(bytes),
        Format::Gif => gif::readable(bytes),
        Format::Webp => bytes.into(),
    }
}
