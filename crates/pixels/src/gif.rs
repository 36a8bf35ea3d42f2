//! GIF: blocks and extensions (GIF89a, 12 to 27).

use crate::Note;

const HEADER: usize = 13;
const TRAILER: u8 = 0x3B;
const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const GRAPHIC_CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;

/// Frames and how they are shown, up to the end of the picture.
pub(crate) fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    // Where it ends within a block, what was copied before is what a viewer shows.
    copy(bytes, &mut plain).unwrap_or_default();
    plain.push(TRAILER);
    plain
}

fn copy(bytes: &[u8], plain: &mut Vec<u8>) -> Option<()> {
    let mut at = first_block(bytes)?;
    plain.extend(bytes.get(..at)?);
    while let Some(end) = end_of_block(bytes, at) {
        plain.extend(needed(&bytes[at..end]));
        at = end;
    }
    Some(())
}

/// Whether blocks go up to the trailer, or to whatever stands in its place once there is a frame.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let Some(mut at) = first_block(bytes) else { return false };
    let mut has_frame = false;
    while let Some(end) = end_of_block(bytes, at) {
        has_frame |= bytes[at] == IMAGE;
        at = end;
    }
    has_frame && !matches!(bytes.get(at), Some(&(EXTENSION | IMAGE)))
}

/// The note on a file whose blocks go up to something else than the trailer.
pub(crate) fn notes(bytes: &[u8]) -> Vec<Note> {
    let mut at = first_block(bytes).unwrap_or_default();
    while let Some(end) = end_of_block(bytes, at) {
        at = end;
    }
    if bytes.get(at) == Some(&TRAILER) { Vec::new() } else { vec![Note::NoEnd] }
}

/// Where the first block begins.
fn first_block(bytes: &[u8]) -> Option<usize> {
    Some(HEADER + color_table(*bytes.get(10)?))
}

/// Where the block ends that begins there; none where there is none, or not the whole of it.
fn end_of_block(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        EXTENSION => after_sub_blocks(bytes, at + 2),
        IMAGE => after_sub_blocks(bytes, at + 11 + color_table(*bytes.get(at + 9)?)),
        _ => None,
    }
}

/// What is kept of a block.
fn needed(block: &[u8]) -> &[u8] {
    match block {
        [EXTENSION, APPLICATION, ..] if is_of_pictures(block) => block,
        [EXTENSION, GRAPHIC_CONTROL, ..] | [IMAGE, ..] => block,
        _ => &[],
    }
}

/// Whether an application's block says how often an animation is repeated, or is a color profile.
fn is_of_pictures(block: &[u8]) -> bool {
    let name = block.get(3..14);
    let is_loop = matches!(name, Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0"));
    // One piece of three bytes: nothing else has room in it.
    is_loop && block.get(14) == Some(&3) && block.len() == 19 || name == Some(b"ICCRGBG1012")
}

/// The bytes that the color table takes whose presence and size these flags tell.
fn color_table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The place after a chain of sub-blocks.
fn after_sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}
