//! GIF: what viewers show of it, which is what `labelmesh_pixels` makes of the file.
//!
//! What counts is that the pixels are all there. They are decoded as indexes of colors, which take the least memory.

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError};
use labelmesh_pixels::{Format, readable};

use super::{Refusal, Size};

/// Width and height of what is shown, in pixels; neither is zero.
///
/// # Errors
/// Damaged.
pub(super) fn size(bytes: &[u8]) -> Result<Size, Refusal> {
    let bytes = readable(Format::Gif, bytes);
    let decoder = first_frame(&bytes)?;
    let size = Size { width: decoder.width().into(), height: decoder.height().into() };
    if size.pixels() == 0 {
        return Err(Refusal::Damaged("it has no pixels".to_owned()));
    }
    Ok(size)
}

/// Decodes the first frame.
///
/// # Errors
/// Damaged.
pub(super) fn decode(bytes: &[u8]) -> Result<(), Refusal> {
    let bytes = readable(Format::Gif, bytes);
    let mut decoder = first_frame(&bytes)?;
    let mut pixels = vec![0; decoder.buffer_size()];
    if decoder.fill_buffer(&mut pixels).map_err(damaged)? {
        Ok(())
    } else {
        Err(Refusal::Damaged("pixels are missing".to_owned()))
    }
}

/// A decoder that has come to the first frame.
fn first_frame(bytes: &[u8]) -> Result<Decoder<&[u8]>, Refusal> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let mut decoder = options.read_info(bytes).map_err(damaged)?;
    match decoder.next_frame_info().map_err(damaged)? {
        Some(_) => Ok(decoder),
        None => Err(Refusal::Damaged("it has no frame".to_owned())),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed by name")]
fn damaged(error: DecodingError) -> Refusal {
    Refusal::Damaged(error.to_string())
}
