//! PNG: chunks (W3C PNG, third edition, 5.3 and 11).

mod notes;

use std::borrow::Cow;

pub(crate) use self::notes::notes;

const SIGNATURE: usize = 8;
/// A chunk has a length, a kind and a checksum beside its data.
const AROUND: usize = 12;
const END: [u8; AROUND] = *b"\0\0\0\0IEND\xae\x42\x60\x82";
/// What says how the pixels are seen; whatever else there is, and will be, tells something besides.
const NEEDED: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT",
    b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

/// What makes an animation of it.
const FRAMES: [&[u8; 4]; 3] = [b"acTL", b"fcTL", b"fdAT"];

/// What the chunks of an animation have told so far.
#[derive(PartialEq)]
enum Frame {
    /// Nothing of one that goes on.
    None,
    /// That one begins.
    Announced,
    /// Some of its pixels.
    Begun,
}

/// The chunks that are needed, up to the end of the picture. An animation out of sequence is its first picture.
pub(crate) fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend(&bytes[..SIGNATURE.min(bytes.len())]);
    let is_in_sequence = is_in_sequence(bytes);
    let mut at = SIGNATURE;
    while let Some((kind, chunk)) = chunk(bytes, at) {
        if kind == b"IEND" {
            break;
        }
        if NEEDED.contains(&kind) && (is_in_sequence || !FRAMES.contains(&kind)) {
            plain.extend(chunk);
        }
        at += chunk.len();
    }
    plain.extend(END);
    plain
}

/// Whether the chunks of an animation follow one another as they have to (11.3.6). Of one where they do not, browsers
/// show nothing, not even the picture that all other viewers show.
fn is_in_sequence(bytes: &[u8]) -> bool {
    let (mut number, mut frame, mut at) = (0_u32, Frame::None, SIGNATURE);
    while let Some((kind, chunk)) = chunk(bytes, at) {
        at += chunk.len();
        frame = match kind {
            b"IEND" => break,
            b"IDAT" => Frame::None,
            b"fcTL" if frame != Frame::Announced => Frame::Announced,
            b"fdAT" if frame != Frame::None => Frame::Begun,
            b"fcTL" | b"fdAT" => return false,
            _ => continue,
        };
        if FRAMES.contains(&kind) {
            if chunk.get(8..12) != Some(&number.to_be_bytes()) {
                return false;
            }
            number += 1;
        }
    }
    true
}

/// The file with its end chunk, in the place of whatever is not a whole chunk.
pub(crate) fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = SIGNATURE;
    loop {
        match chunk(bytes, at) {
            Some((b"IEND", _)) => return bytes.into(),
            Some((_, chunk)) => at += chunk.len(),
            None => return [bytes.get(..at).unwrap_or(bytes), &END].concat().into(),
        }
    }
}

/// The kind of the chunk there and the whole of it; none where it is cut.
fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8; 4], &[u8])> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let kind = rest.first_chunk()?;
    let end = at.checked_add(u32::from_be_bytes(*length) as usize)?.checked_add(AROUND)?;
    Some((kind, bytes.get(at..end)?))
}
