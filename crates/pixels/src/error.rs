//! What can be wrong with a file, or with what is wanted of it.

use image::ImageError;

/// Why a picture could not be made. The text is one sentence, lower case, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes begin like none of the formats that are read.
    #[error("it is not a JPEG, PNG, WebP, GIF or SVG")]
    FormatUnknown,
    /// The file has more bytes than [`Limits::max_bytes`](crate::Limits::max_bytes).
    #[error("it has more than {max_bytes} bytes")]
    TooManyBytes {
        /// The most that are taken.
        max_bytes: u64,
    },
    /// The picture, or what would be made of it, has more pixels than
    /// [`Limits::max_pixels`](crate::Limits::max_pixels).
    #[error("{width} x {height} are more than {max_pixels} pixels")]
    TooManyPixels {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// The most that are taken.
        max_pixels: u64,
    },
    /// The animation has more frames than [`Limits::max_frames`](crate::Limits::max_frames), or more pixels in all
    /// frames together than [`Limits::max_frame_pixels`](crate::Limits::max_frame_pixels).
    #[error("its frames are more than {max_frames}, or have more than {max_pixels} pixels together")]
    TooManyFrames {
        /// The most frames that are taken.
        max_frames: u32,
        /// The most pixels of all frames that are taken.
        max_pixels: u64,
    },
    /// The pixels of a JPEG come in more scans than browsers read.
    #[error("it has more than {max_scans} scans")]
    TooManyScans {
        /// The most that are read.
        max_scans: u32,
    },
    /// More memory would be needed than [`Limits::max_memory_bytes`](crate::Limits::max_memory_bytes).
    #[error("it would take {bytes} bytes of memory, and {max_bytes} may be taken")]
    TooMuchMemory {
        /// What it would take at most.
        bytes: u64,
        /// The most that may be taken.
        max_bytes: u64,
    },
    /// The file can't be decoded to its end, or pixels are missing.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// An SVG has something that is not drawn here, such as an image, or a letter that no font has.
    #[error("it has {0}, which is not drawn")]
    NotDrawn(&'static str),
    /// The window that is to be cut out, or the point it is to lie around, is not within the picture.
    #[error("the window lies outside the picture, which has {width} x {height} pixels")]
    WindowOutside {
        /// The picture's, upright.
        width: u32,
        /// The picture's, upright.
        height: u32,
    },
    /// A side, a share or a quality is zero, or more than there can be.
    #[error("{0}")]
    BadRecipe(&'static str),
    /// The format can't hold what is to be written.
    #[error("{0}")]
    NotHeld(&'static str),
    /// A decoder or encoder panicked; what it said. The same bytes will have it panic again.
    #[error("the decoder failed: {0}")]
    Panicked(String),
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<labelmesh_avif::Error> for Error {
    fn from(error: labelmesh_avif::Error) -> Self {
        match error {
            labelmesh_avif::Error::NotHeld(why) => Self::NotHeld(why),
            failed @ labelmesh_avif::Error::Failed(_) => Self::Panicked(failed.to_string()),
        }
    }
}
