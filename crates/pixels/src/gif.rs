//! GIF: blocks and extensions (GIF89a, 12 to 27).

mod lzw;

use std::borrow::Cow;

use crate::Note;

const HEADER: usize = 13;
/// Where the header has the size of the screen, and the flags of its color table.
const SCREEN: usize = 6;
const FLAGS: usize = 10;
/// An image begins with its place, its size and the flags of its color table.
const IMAGE_HEADER: usize = 10;
const TRAILER: u8 = 0x3B;
const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const GRAPHIC_CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;
/// What a graphic control says of reserved bits: nothing.
const RESERVED: u8 = 0xE0;
/// There is a table, of 256 colors.
const WHOLE_TABLE: u8 = 0x87;
/// A table of 256 colors that are black, which is what browsers show where there is none.
const BLACK: [u8; 768] = [0; 768];

/// What browsers show, as every decoder reads it: a screen at least as large as the first frame, a color table for each
/// frame, and no extensions but those that tell how frames are shown. Where pixels are missing, it stays so.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, [u8]> {
    let ended = ended(bytes);
    let mut readable = Vec::with_capacity(ended.len() + BLACK.len() + 1);
    match copy(&ended, &mut readable) {
        Some(at) if is_block(&ended, at) => readable.extend(&ended[at..]),
        Some(_) => readable.push(TRAILER),
        None => return ended,
    }
    readable.into()
}

/// The same up to the end of the picture, and nothing behind the pixels of a frame. Where it ends within a block, what
/// comes before is what a viewer shows.
pub(crate) fn plain(bytes: &[u8]) -> Vec<u8> {
    let readable = readable(bytes);
    let mut plain = Vec::with_capacity(readable.len());
    if let Some(mut at) = first_block(&readable) {
        plain.extend(readable.get(..at).unwrap_or_default());
        while let Some(end) = end_of_block(&readable, at) {
            plain.extend(&*bare(&readable[at..end]));
            at = end;
        }
    }
    plain.push(TRAILER);
    plain
}

/// Whether blocks go up to the trailer, or to whatever stands in its place once there is a frame. Of the last block
/// only pixels count.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let bytes = &*ended(bytes);
    let Some(mut at) = first_block(bytes) else { return false };
    let mut has_frame = false;
    while let Some(end) = end_of_block(bytes, at) {
        has_frame |= bytes[at] == IMAGE;
        at = end;
    }
    has_frame && !is_block(bytes, at)
}

/// The file with an end where its last block is cut and no pixel is missing.
fn ended(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(mut at) = first_block(bytes) else { return bytes.into() };
    while let Some(end) = end_of_block(bytes, at) {
        at = end;
    }
    match bytes.get(at) {
        Some(&EXTENSION) => [&bytes[..at], &[TRAILER]].concat().into(),
        Some(&IMAGE) => match Image::read(&bytes[at..]).filter(Image::has_all_pixels) {
            Some(image) => [&bytes[..at], &image.written(&image.codes), &[TRAILER]].concat().into(),
            None => bytes.into(),
        },
        _ => bytes.into(),
    }
}

/// The note on a file whose blocks go up to something else than the trailer.
pub(crate) fn notes(bytes: &[u8]) -> Vec<Note> {
    let mut at = first_block(bytes).unwrap_or_default();
    while let Some(end) = end_of_block(bytes, at) {
        at = end;
    }
    if bytes.get(at) == Some(&TRAILER) { Vec::new() } else { vec![Note::NoEnd] }
}

/// Copies what is shown, up to the place that it tells; none where there is not even a header.
fn copy(bytes: &[u8], to: &mut Vec<u8>) -> Option<usize> {
    let mut at = first_block(bytes)?;
    to.extend(bytes.get(..at)?);
    let frames = Frames::of(bytes, at);
    for (side, reach) in [(SCREEN, frames.reach.0), (SCREEN + 2, frames.reach.1)] {
        let length = number(to, side)?.max(reach);
        to[side..side + 2].copy_from_slice(&length.to_le_bytes());
    }
    if frames.want_table && color_table(to[FLAGS]) == 0 {
        to[FLAGS] |= WHOLE_TABLE;
        to.extend(BLACK);
    }
    let (mut control, mut is_repeated) = (None, false);
    while let Some(end) = end_of_block(bytes, at) {
        let block = &bytes[at..end];
        match block {
            // The last one before a frame counts.
            [EXTENSION, GRAPHIC_CONTROL, 4..=255, flags, rest @ ..] => {
                control = rest.first_chunk::<3>().map(|rest| (flags & !RESERVED, *rest));
            }
            [EXTENSION, APPLICATION, ..] if !is_repeated && is_loop(block) => {
                to.extend(block);
                is_repeated = true;
            }
            [IMAGE, ..] => {
                if let Some((flags, rest)) = control.take() {
                    to.extend([EXTENSION, GRAPHIC_CONTROL, 4, flags]);
                    to.extend(rest);
                    to.push(0);
                }
                to.extend(block);
            }
            _ => {}
        }
        at = end;
    }
    Some(at)
}

/// What the frames of a file ask of its header.
#[derive(Default)]
struct Frames {
    /// How far right and down the first one reaches.
    reach: (u16, u16),
    /// Whether one has no color table of its own.
    want_table: bool,
}

impl Frames {
    fn of(bytes: &[u8], mut at: usize) -> Self {
        let mut frames: Option<Self> = None;
        while is_block(bytes, at) {
            if let Some(header) = bytes.get(at..at + IMAGE_HEADER).filter(|header| header[0] == IMAGE) {
                let edge = |from| {
                    let (start, length) = (number(header, from), number(header, from + 4));
                    start.unwrap_or_default().saturating_add(length.unwrap_or_default())
                };
                let first = || Self { reach: (edge(1), edge(3)), want_table: false };
                frames.get_or_insert_with(first).want_table |= color_table(header[IMAGE_HEADER - 1]) == 0;
            }
            let Some(end) = end_of_block(bytes, at) else { break };
            at = end;
        }
        frames.unwrap_or_default()
    }
}

/// A number of two bytes.
fn number(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A block without what follows the pixels of a frame.
fn bare(block: &[u8]) -> Cow<'_, [u8]> {
    let shorter = || {
        let image = Image::read(block)?;
        Some(image.written(&lzw::ended(&image.codes, image.literal_bits, image.pixels)?))
    };
    shorter().map_or(block.into(), Cow::from)
}

/// A frame, be it whole or cut.
struct Image<'a> {
    /// Up to its compressed pixels.
    header: &'a [u8],
    literal_bits: u8,
    codes: Vec<u8>,
    /// How many there have to be.
    pixels: u64,
}

impl<'a> Image<'a> {
    fn read(block: &'a [u8]) -> Option<Self> {
        let header = block.first_chunk::<IMAGE_HEADER>().filter(|header| header[0] == IMAGE)?;
        let data = IMAGE_HEADER + color_table(header[IMAGE_HEADER - 1]);
        let (literal_bits, mut at) = (*block.get(data)?, data + 1);
        let mut codes = Vec::with_capacity(block.len());
        while let Some(length) = block.get(at).filter(|length| **length > 0) {
            let end = at + 1 + usize::from(*length);
            codes.extend(block.get(at + 1..end.min(block.len()))?);
            at = end;
        }
        let pixels = u64::from(number(header, 5)?) * u64::from(number(header, 7)?);
        Some(Self { header: &block[..=data], literal_bits, codes, pixels })
    }

    fn has_all_pixels(&self) -> bool {
        lzw::has_all(&self.codes, self.literal_bits, self.pixels)
    }

    /// The whole block with such codes.
    fn written(&self, codes: &[u8]) -> Vec<u8> {
        let mut block = self.header.to_vec();
        for piece in codes.chunks(255) {
            block.push(piece.len() as u8);
            block.extend(piece);
        }
        block.push(0);
        block
    }
}

/// Where the first block begins.
fn first_block(bytes: &[u8]) -> Option<usize> {
    Some(HEADER + color_table(*bytes.get(FLAGS)?))
}

/// Whether a block begins there, be it whole or cut.
fn is_block(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), Some(&(EXTENSION | IMAGE)))
}

/// Where the block ends that begins there; none where there is none, or not the whole of it.
fn end_of_block(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        EXTENSION => after_sub_blocks(bytes, at + 2),
        IMAGE => after_sub_blocks(bytes, at + IMAGE_HEADER + 1 + color_table(*bytes.get(at + IMAGE_HEADER - 1)?)),
        _ => None,
    }
}

/// Whether an application's block says how often an animation is repeated. It is one piece of three bytes: nothing else
/// has room in it.
fn is_loop(block: &[u8]) -> bool {
    let name = block.get(3..14);
    let is_named = matches!(name, Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0"));
    is_named && block.get(14..16) == Some(&[3, 1]) && block.len() == 19
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
