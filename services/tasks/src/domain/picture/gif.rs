//! GIF: what viewers show of it.
//!
//! The screen is as large as its first frame at least, whatever its descriptor says; frames without a color table,
//! unknown extensions and a missing trailer do no harm. What counts is that the pixels are all there.

use std::borrow::Cow;

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError};

use super::{Refusal, Size};

/// Where the flags are that tell of a global color table, and where the table would begin (GIF89a, 18 and 19).
const FLAGS: usize = 10;
const TABLE: usize = 13;
/// A table of 256 colors.
const TABLE_BYTES: usize = 3 * 256;

/// Width and height of what is shown, in pixels; neither is zero.
///
/// # Errors
/// Damaged.
pub(super) fn size(bytes: &[u8]) -> Result<Size, Refusal> {
    let bytes = with_color_table(bytes);
    let (decoder, frame) = first_frame(&bytes)?;
    let (width, height) = (u32::from(decoder.width()).max(frame.width), u32::from(decoder.height()).max(frame.height));
    if width == 0 || height == 0 {
        return Err(Refusal::Damaged("it has no pixels".to_owned()));
    }
    Ok(Size { width, height })
}

/// Decodes the first frame.
///
/// # Errors
/// Damaged.
pub(super) fn decode(bytes: &[u8]) -> Result<(), Refusal> {
    let bytes = with_color_table(bytes);
    let (mut decoder, _) = first_frame(&bytes)?;
    let mut pixels = vec![0; decoder.buffer_size()];
    if decoder.fill_buffer(&mut pixels).map_err(damaged)? {
        Ok(())
    } else {
        Err(Refusal::Damaged("pixels are missing".to_owned()))
    }
}

/// A decoder that has come to the first frame, and how far the frame reaches on the screen.
fn first_frame(bytes: &[u8]) -> Result<(Decoder<&[u8]>, Size), Refusal> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.allow_unknown_blocks(true);
    let mut decoder = options.read_info(bytes).map_err(damaged)?;
    let Some(frame) = decoder.next_frame_info().map_err(damaged)? else {
        return Err(Refusal::Damaged("it has no frame".to_owned()));
    };
    let edge = |from: u16, length: u16| u32::from(from) + u32::from(length);
    let reach = Size { width: edge(frame.left, frame.width), height: edge(frame.top, frame.height) };
    Ok((decoder, reach))
}

/// The file with a global color table, without which the decoder takes no frame that has none of its own.
fn with_color_table(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.len() < TABLE || bytes[FLAGS] & 0x80 != 0 {
        return bytes.into();
    }
    let mut whole = Vec::with_capacity(bytes.len() + TABLE_BYTES);
    whole.extend_from_slice(&bytes[..TABLE]);
    whole[FLAGS] |= 0x87;
    whole.resize(TABLE + TABLE_BYTES, 0);
    whole.extend_from_slice(&bytes[TABLE..]);
    whole.into()
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed by name")]
fn damaged(error: DecodingError) -> Refusal {
    Refusal::Damaged(error.to_string())
}
