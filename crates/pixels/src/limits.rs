//! How much of anything is taken.

use crate::Error;

/// The most scans of a JPEG. Each of them costs a pass over the whole picture and may have a few dozen bytes, so that a
/// file of 20 MiB would take hours. Encoders make about ten; Chromium, too, shows no picture that has more than these.
pub(crate) const MAX_SCANS: u32 = 99;

/// Bounds of one call. All are judged from the header, before anything is allocated for pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_bytes: u64,
    /// Pixels of the picture, and of what is made of it.
    pub max_pixels: u64,
    /// Frames of an animation whose frames are all wanted.
    pub max_frames: u32,
    /// Pixels of all these frames together, as they are in the file.
    pub max_frame_pixels: u64,
    /// Bytes of memory beside the file itself: see [`Source::memory_bytes`](crate::Source::memory_bytes).
    pub max_memory_bytes: u64,
}

impl Default for Limits {
    /// 20 MiB, 50 megapixels, 300 frames of 200 megapixels together, 1 GiB.
    fn default() -> Self {
        Self {
            max_bytes: 20 << 20,
            max_pixels: 50_000_000,
            max_frames: 300,
            max_frame_pixels: 200_000_000,
            max_memory_bytes: 1 << 30,
        }
    }
}

impl Limits {
    pub(crate) fn check_pixels(&self, (width, height): (u32, u32)) -> Result<(), Error> {
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(Error::TooManyPixels { width, height, max_pixels: self.max_pixels });
        }
        Ok(())
    }

    pub(crate) fn check_memory(&self, bytes: u64) -> Result<(), Error> {
        if bytes > self.max_memory_bytes {
            return Err(Error::TooMuchMemory { bytes, max_bytes: self.max_memory_bytes });
        }
        Ok(())
    }

    /// Judges so many frames of a size.
    pub(crate) fn check_frames(&self, frames: u64, (width, height): (u32, u32)) -> Result<(), Error> {
        let pixels = u64::from(width) * u64::from(height);
        if frames > u64::from(self.max_frames) || frames.saturating_mul(pixels) > self.max_frame_pixels {
            return Err(Error::TooManyFrames { max_frames: self.max_frames, max_pixels: self.max_frame_pixels });
        }
        Ok(())
    }
}
