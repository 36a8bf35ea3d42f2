//! How good a picture looks beside the original: SSIMULACRA2 (Sneyers, Cloudinary, version 2.1), from 100 down.

use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Config, Ssimulacra2Error, Ssimulacra2Reference};
use image::{DynamicImage, RgbImage};

use crate::{
    Error, Format,
    encode::over_white,
    picture::{Header, Stored, to_srgb},
};

/// Rows that are compared at once: enough that the ones around them, which are looked at too, cost little.
const ROWS: usize = 512;

/// The original, prepared for being compared with.
pub(super) struct Reference(Ssimulacra2Reference);

impl Reference {
    /// # Errors
    /// NotHeld, of a picture that can't be compared.
    pub(super) fn new(picture: &DynamicImage) -> Result<Self, Error> {
        let pixels = over_white(picture.clone()).into_rgb8();
        Ok(Self(Ssimulacra2Reference::new(&slice(&pixels)?).map_err(incomparable)?))
    }

    /// The score of a file that shows the same in another quality.
    ///
    /// # Errors
    /// Damaged, NotHeld.
    pub(super) fn score(&self, bytes: &[u8], format: Format) -> Result<f64, Error> {
        let header = Header::read(format, bytes, None)?;
        let stored = Stored::decode(format, bytes, (&header, None), (1.0, None))?;
        self.score_of(to_srgb(stored.into_pixels(), header.profile.as_deref()))
    }

    /// The score of a picture that was decoded, in sRGB.
    ///
    /// # Errors
    /// NotHeld.
    pub(super) fn score_of(&self, picture: DynamicImage) -> Result<f64, Error> {
        let pixels = over_white(picture).into_rgb8();
        self.0.compare_with_config(&slice(&pixels)?, &Ssimulacra2Config::strips(ROWS)).map_err(incomparable)
    }
}

fn slice(pixels: &RgbImage) -> Result<PixelSlice<'_>, Error> {
    let (width, height) = pixels.dimensions();
    let stride = width as usize * 3;
    PixelSlice::new(pixels.as_raw(), width, height, stride, PixelDescriptor::RGB8_SRGB)
        .map_err(|_| Error::NotHeld("a picture of this size can't be compared"))
}

fn incomparable(_: Ssimulacra2Error) -> Error {
    Error::NotHeld("a picture of this size can't be compared")
}
