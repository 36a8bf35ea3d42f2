//! Whether a file of images goes on to its proper end, where decoding alone does not tell.
//!
//! A decoder stops when it has the pixels of the first frame, or fills in what is missing. Only lengths and markers are
//! looked at here.

use super::MediaType;

/// Whether nothing of the file is missing that could be seen; what follows its end does not matter.
pub(super) fn is_whole(media_type: MediaType, bytes: &[u8]) -> bool {
    match media_type {
        // Decoding tells.
        MediaType::Jpeg | MediaType::Png => true,
        MediaType::Gif => gif(bytes).is_some(),
        MediaType::Webp => webp(bytes).is_some(),
    }
}

/// Blocks up to the trailer 3B (GIF89a, 12 to 27), or to whatever stands in its place once there is a frame.
fn gif(bytes: &[u8]) -> Option<()> {
    let mut at = 13 + color_table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        at = match bytes.get(at) {
            Some(0x21) => sub_blocks(bytes, at + 2)?,
            Some(0x2C) => {
                frames += 1;
                sub_blocks(bytes, at + 11 + color_table(*bytes.get(at + 9)?))?
            }
            _ => return (frames > 0).then_some(()),
        };
    }
}

/// The bytes that the color table takes whose presence and size these flags tell.
fn color_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The place after a chain of sub-blocks.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// The length that the RIFF header tells (RFC 9649, 2.4).
fn webp(bytes: &[u8]) -> Option<()> {
    let length = bytes.get(4..8)?;
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
    (length.checked_add(8)? <= bytes.len()).then_some(())
}
