//! Whether a file of images goes on to its proper end.
//!
//! A decoder stops when it has its pixels, and JPEG decoders fill in grey what is missing: half a picture passes for a
//! whole one. The container tells: each format says where it ends. Only lengths and markers are looked at here.

use super::MediaType;

/// Whether the end of the format is there; what follows it does not matter.
pub(super) fn is_whole(media_type: MediaType, bytes: &[u8]) -> bool {
    let end = match media_type {
        MediaType::Jpeg => jpeg(bytes),
        MediaType::Png => png(bytes),
        MediaType::Gif => gif(bytes),
        MediaType::Webp => webp(bytes),
    };
    end.is_some()
}

/// Segments from SOI to EOI (ITU T.81, annex B); within a scan, markers are the bytes FF that neither 00 nor a restart
/// marker follows.
fn jpeg(bytes: &[u8]) -> Option<()> {
    let mut at = 2;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xFF)?;
        at += bytes.get(at..)?.iter().position(|&byte| byte != 0xFF)?;
        let marker = bytes[at];
        at += 1;
        match marker {
            0xD9 => return Some(()),
            0x00 | 0x01 | 0xD0..=0xD8 => {}
            _ => {
                let length = bytes.get(at..at + 2)?;
                at += usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
            }
        }
    }
}

/// Chunks up to IEND (W3C PNG, 5.3).
fn png(bytes: &[u8]) -> Option<()> {
    let mut at = 8;
    loop {
        let head = bytes.get(at..at + 8)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = at.checked_add(length)?.checked_add(12)?;
        if end > bytes.len() {
            return None;
        }
        if &head[4..] == b"IEND" {
            return Some(());
        }
        at = end;
    }
}

/// Blocks up to the trailer 3B (GIF89a, 12 to 27).
fn gif(bytes: &[u8]) -> Option<()> {
    let mut at = 13 + color_table(*bytes.get(10)?);
    loop {
        at = match bytes.get(at)? {
            0x3B => return Some(()),
            0x21 => sub_blocks(bytes, at + 2)?,
            0x2C => sub_blocks(bytes, at + 11 + color_table(*bytes.get(at + 9)?))?,
            _ => return None,
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
