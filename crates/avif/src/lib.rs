#![doc = include_str!("../README.md")]

mod planes;

use std::sync::Arc;

use avif_serialize::{Aviffy, constants::MatrixCoefficients as Matrix};
use image::DynamicImage;
use rav1e::{
    Config, Context, EncoderConfig, EncoderStatus, Frame,
    color::{
        ChromaSampling, ColorDescription, ColorPrimaries, MatrixCoefficients, PixelRange, TransferCharacteristics,
    },
    config::SpeedSettings,
    prelude::SceneDetectionSpeed,
};

/// The most that either side has.
const MAX_SIDE: u32 = 65_535;
/// Of each sample. Eight would do, but the transforms round less with ten, at the same size.
const BITS: u8 = 10;
/// How many pixels are encoded at most. It bounds the time: each megapixel takes 2 to 5 s of CPU time.
pub const MAX_PIXELS: u64 = 12_500_000;
/// A picture of more pixels than these is encoded with less care, in a third of the time and a sixth more bytes.
pub const CAREFUL_PIXELS: u64 = 2_000_000;
/// rav1e's speeds, from 0 to 10. Slower ones take more time for no fewer bytes.
const CAREFUL: u8 = 8;
const QUICK: u8 = 10;
/// How much memory the encoder takes for a pixel, and in any case: 32 bytes were measured for colors, over 10 MB; alpha
/// is encoded after them.
const PIXEL_BYTES: u64 = 56;
const BYTES: u64 = 16 << 20;

/// Why a picture can't be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not within the bounds of this crate.
    #[error("{0}")]
    NotHeld(&'static str),
    /// The encoder failed; what it said.
    #[error("rav1e: {0}")]
    Failed(String),
}

/// A file, and what decoders show of it.
pub struct Coded {
    /// The file.
    pub file: Vec<u8>,
    size: (u32, u32),
    colors: Arc<Frame<u16>>,
    alpha: Option<Arc<Frame<u16>>>,
}

impl Coded {
    /// The picture as decoders show it. AV1 leaves them no choice (AV1, 7.1), and the encoder predicts from what they
    /// have: it has decoded what it wrote.
    #[must_use]
    pub fn shown(&self) -> DynamicImage {
        planes::picture(&self.colors, self.alpha.as_deref(), self.size)
    }
}

/// Judges a size before there are any pixels.
///
/// # Errors
/// NotHeld.
pub fn check_size((width, height): (u32, u32)) -> Result<(), Error> {
    if width.max(height) > MAX_SIDE {
        return Err(Error::NotHeld("an AVIF is at most 65,535 pixels wide and high"));
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::NotHeld("an AVIF of more than 12.5 megapixels takes too long to make"));
    }
    Ok(())
}

/// How many bytes of memory encoding a picture of this size takes at most, beside the picture.
#[must_use]
pub fn memory_bytes((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height) * PIXEL_BYTES + BYTES
}

/// Encodes grey, RGB or RGBA of eight bits, in sRGB, with a quality from 1 to 100. Takes CPU time.
///
/// # Errors
/// NotHeld, Failed.
pub fn encode(picture: &DynamicImage, quality: u8) -> Result<Coded, Error> {
    let size = (picture.width(), picture.height());
    check_size(size)?;
    let settings = |sampling, quality| settings(size, sampling, quality);
    let (grey, colors) = (ChromaSampling::Cs400, ChromaSampling::Cs444);
    let (file, colors, alpha) = match picture {
        DynamicImage::ImageLuma8(pixels) => {
            let (data, shown) = coded(settings(grey, quality), |frame| planes::put_grey(pixels, frame))?;
            (Aviffy::new().set_monochrome(true).to_vec(&data, None, size.0, size.1, BITS), shown, None)
        }
        DynamicImage::ImageRgb8(pixels) => {
            let (data, shown) = coded(settings(colors, quality), |frame| planes::put_colors(pixels, frame))?;
            (container().to_vec(&data, None, size.0, size.1, BITS), shown, None)
        }
        DynamicImage::ImageRgba8(pixels) => {
            let (pixels, alpha) = planes::apart(pixels);
            let (data, shown) = coded(settings(colors, quality), |frame| planes::put_colors(&pixels, frame))?;
            // Where something ends is seen better than its colors are.
            let edges = settings(grey, quality.midpoint(100));
            let (edges, shown_alpha) = coded(edges, |frame| planes::put_grey(&alpha, frame))?;
            (container().to_vec(&data, Some(&edges), size.0, size.1, BITS), shown, Some(shown_alpha))
        }
        _ => return Err(Error::NotHeld("an AVIF holds grey or RGB of eight bits, and alpha with RGB")),
    };
    Ok(Coded { file, size, colors, alpha })
}

/// A container of pixels in sRGB.
fn container() -> Aviffy {
    let mut container = Aviffy::new();
    container.set_matrix_coefficients(Matrix::Bt601);
    container
}

/// How one frame is encoded.
fn settings((width, height): (u32, u32), sampling: ChromaSampling, quality: u8) -> EncoderConfig {
    let description = ColorDescription {
        color_primaries: ColorPrimaries::BT709,
        transfer_characteristics: TransferCharacteristics::SRGB,
        matrix_coefficients: MatrixCoefficients::BT601,
    };
    let quantizer = quantizer(quality);
    EncoderConfig {
        width: width as usize,
        height: height as usize,
        bit_depth: BITS.into(),
        chroma_sampling: sampling,
        pixel_range: PixelRange::Full,
        color_description: Some(description),
        still_picture: true,
        quantizer: quantizer.into(),
        min_quantizer: quantizer,
        speed_settings: speed(u64::from(width) * u64::from(height)),
        ..EncoderConfig::default()
    }
}

/// How carefully so many pixels are encoded.
fn speed(pixels: u64) -> SpeedSettings {
    let mut settings = SpeedSettings::from_preset(if pixels <= CAREFUL_PIXELS { CAREFUL } else { QUICK });
    // There is no frame before it or behind.
    settings.multiref = false;
    settings.rdo_lookahead_frames = 1;
    settings.scene_detection_mode = SceneDetectionSpeed::None;
    settings
}

/// How coarse the coefficients of a quality are, from 0 to 255: on the scale of ravif, so that a quality means here
/// what it means to others who write AVIF in Rust.
fn quantizer(quality: u8) -> u8 {
    let quality = f64::from(quality) / 100.0;
    let coarse = match quality {
        fine if fine >= 0.82 => (1.0 - fine) * 2.6,
        middle if middle > 0.25 => 0.875 - middle / 2.0,
        coarse => 1.0 - coarse,
    };
    (coarse * 255.0).round() as u8
}

/// One frame as AV1, and as decoders show it.
fn coded(config: EncoderConfig, fill: impl FnOnce(&mut Frame<u16>)) -> Result<(Vec<u8>, Arc<Frame<u16>>), Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Failed(error.to_string());
    let config = Config::new().with_encoder_config(config).with_threads(1);
    let mut context: Context<u16> = config.new_context().map_err(|error| failed(&error))?;
    let mut frame = context.new_frame();
    fill(&mut frame);
    context.send_frame(frame).map_err(|error| failed(&error))?;
    context.flush();
    loop {
        match context.receive_packet() {
            Ok(packet) => {
                let shown = packet.rec.ok_or_else(|| failed(&"a frame is not shown"))?;
                return Ok((packet.data, shown));
            }
            // It has gone on, and has nothing yet.
            Err(EncoderStatus::Encoded) => {}
            Err(error) => return Err(failed(&error)),
        }
    }
}
