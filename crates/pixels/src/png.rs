//! PNG: chunks (W3C PNG, third edition, 5.3 and 11).

mod kept;
mod notes;
mod pixels;

use std::borrow::Cow;

use flate2::Crc;

pub(crate) use self::notes::notes;
use self::pixels::{Layout, Stream, compressed, stream};
use crate::Error;

const SIGNATURE: usize = 8;
/// A chunk has a length, a kind and a checksum beside its data.
const AROUND: usize = 12;
const END: [u8; AROUND] = *b"\0\0\0\0IEND\xae\x42\x60\x82";
/// What makes an animation of it.
const FRAMES: [&[u8; 4]; 3] = [b"acTL", b"fcTL", b"fdAT"];
/// How long the data of a chunk have to be (11.3).
const LENGTHS: [(&[u8; 4], usize); 10] = [
    (b"gAMA", 4),
    (b"cHRM", 32),
    (b"sRGB", 1),
    (b"cICP", 4),
    (b"mDCV", 24),
    (b"cLLI", 8),
    (b"pHYs", 9),
    (b"tIME", 7),
    (b"acTL", 8),
    (b"fcTL", 26),
];

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

/// The chunks that are needed, up to the end of the picture. An animation out of sequence, or with something behind the
/// pixels of a frame, is its first picture.
///
/// # Errors
/// Damaged.
pub(crate) fn plain(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let bytes = &*with_end(bytes);
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend(&bytes[..SIGNATURE.min(bytes.len())]);
    let Some((b"IHDR", header)) = chunk(bytes, SIGNATURE) else {
        return Err(Error::Damaged("it has no header".to_owned()));
    };
    plain.extend(data(header).first_chunk().map_or(header.to_vec(), |data: &[u8; 13]| written(b"IHDR", data)));
    let layout = Layout::read(data(header));
    let colors = data(header).get(9).copied().unwrap_or_default();
    let is_animation = is_in_sequence(bytes) && layout.is_some_and(|layout| are_frames_bare(bytes, layout));
    let (mut at, mut kinds, mut palette, mut parts) = (SIGNATURE + header.len(), Vec::new(), 0, Vec::new());
    while let Some((kind, chunk)) = chunk(bytes, at) {
        at += chunk.len();
        match kind {
            b"IEND" => break,
            b"IDAT" => parts.push(chunk),
            _ if FRAMES.contains(&kind) => {
                // What stands behind the pixels waits until these are written.
                if is_animation && parts.is_empty() {
                    plain.extend(chunk);
                }
            }
            _ if !parts.is_empty() || kinds.contains(kind) => {}
            _ => {
                if let Some(kept) = kept::kept(kind, chunk, (colors, palette)) {
                    if kind == b"PLTE" {
                        palette = data(chunk).len() / 3;
                    }
                    plain.extend(kept);
                    kinds.push(*kind);
                }
            }
        }
    }
    put_pixels(&parts, layout, &mut plain)?;
    if is_animation {
        put_frames_behind(bytes, &mut plain);
    }
    plain.extend(END);
    Ok(plain)
}

/// The pixels of a picture, and nothing behind them.
fn put_pixels(chunks: &[&[u8]], layout: Option<Layout>, to: &mut Vec<u8>) -> Result<(), Error> {
    let layout = layout.ok_or_else(|| Error::Damaged("it has unknown colors".to_owned()))?;
    let parts: Vec<&[u8]> = chunks.iter().map(|chunk| data(chunk)).collect();
    match stream(&parts, layout) {
        Stream::Bare => chunks.iter().for_each(|chunk| to.extend(*chunk)),
        Stream::Behind(mut left) => {
            for part in parts {
                let part = &part[..left.min(part.len())];
                left -= part.len();
                if !part.is_empty() {
                    to.extend(written(b"IDAT", part));
                }
            }
        }
        Stream::Within => to.extend(written(b"IDAT", &compressed(&parts, layout))),
        Stream::Damaged => return Err(Error::Damaged("pixels are missing, or their checksum is wrong".to_owned())),
    }
    Ok(())
}

/// Whether all pixels are there and their checksum is right, which decoders do not look at. Inflates them.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let bytes = &*with_end(bytes);
    let layout = chunk(bytes, SIGNATURE).and_then(|(_, header)| Layout::read(data(header)));
    let (mut at, mut parts) = (SIGNATURE, Vec::new());
    while let Some((kind, chunk)) = chunk(bytes, at).filter(|(kind, _)| *kind != b"IEND") {
        at += chunk.len();
        if kind == b"IDAT" {
            parts.push(data(chunk));
        }
    }
    layout.is_some_and(|layout| stream(&parts, layout) != Stream::Damaged)
}

/// The frames of an animation behind its first picture.
fn put_frames_behind(bytes: &[u8], to: &mut Vec<u8>) {
    let (mut at, mut has_pixels) = (SIGNATURE, false);
    while let Some((kind, chunk)) = chunk(bytes, at) {
        at += chunk.len();
        match kind {
            b"IEND" => break,
            b"IDAT" => has_pixels = true,
            _ if has_pixels && FRAMES.contains(&kind) => to.extend(chunk),
            _ => {}
        }
    }
}

/// Whether the frames of an animation have their pixels and nothing else, and it is announced before its first picture,
/// without which browsers see none.
fn are_frames_bare(bytes: &[u8], layout: Layout) -> bool {
    let (mut at, mut has_pixels, mut is_announced) = (SIGNATURE, false, false);
    let mut frame: Option<(Layout, Vec<&[u8]>)> = None;
    let is_bare = |frame: &Option<(Layout, Vec<&[u8]>)>| {
        frame.as_ref().is_none_or(|(layout, parts)| stream(parts, *layout) == Stream::Bare)
    };
    while let Some((kind, chunk)) = chunk(bytes, at) {
        at += chunk.len();
        let data = data(chunk);
        match kind {
            b"IEND" => break,
            b"IDAT" => has_pixels = true,
            _ if !FRAMES.contains(&kind) => {}
            _ if !is_sound(chunk) || !has_its_length(kind, data) => return false,
            b"acTL" if has_pixels || is_announced => return false,
            b"acTL" => is_announced = true,
            b"fcTL" => {
                if !is_bare(&frame) {
                    return false;
                }
                let side =
                    |at: usize| data.get(at..).and_then(|rest| rest.first_chunk().copied()).map(u32::from_be_bytes);
                let (Some(width), Some(height)) = (side(4), side(8)) else { return false };
                // The first picture may be the first frame, and was looked at.
                frame = has_pixels.then_some((layout.of(width, height), Vec::new()));
            }
            _ => {
                if let (Some((_, parts)), Some(data)) = (&mut frame, data.get(4..)) {
                    parts.push(data);
                } else {
                    return false;
                }
            }
        }
    }
    is_announced && is_bare(&frame)
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

/// The file with its end chunk, in the place of whatever is not a whole chunk. What there is of pixels is kept.
pub(crate) fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = SIGNATURE;
    loop {
        match chunk(bytes, at) {
            Some((b"IEND", _)) => return bytes.into(),
            Some((_, chunk)) => at += chunk.len(),
            None => return [bytes.get(..at).unwrap_or(bytes), &cut_pixels(bytes, at), &END].concat().into(),
        }
    }
}

/// What there is of a chunk of pixels that is cut, as one that is whole.
fn cut_pixels(bytes: &[u8], at: usize) -> Vec<u8> {
    let cut = || {
        let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
        let data = rest.strip_prefix(b"IDAT")?;
        let length = data.len().min(u32::from_be_bytes(*length) as usize);
        Some(written(b"IDAT", data.get(..length)?))
    };
    cut().unwrap_or_default()
}

/// The kind of the chunk there and the whole of it; none where it is cut.
fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8; 4], &[u8])> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let kind = rest.first_chunk()?;
    let end = at.checked_add(u32::from_be_bytes(*length) as usize)?.checked_add(AROUND)?;
    Some((kind, bytes.get(at..end)?))
}

/// What stands between the kind of a chunk and its checksum.
fn data(chunk: &[u8]) -> &[u8] {
    &chunk[8..chunk.len() - 4]
}

/// Whether the checksum of a chunk is right.
fn is_sound(chunk: &[u8]) -> bool {
    let (covered, checksum) = chunk[4..].split_at(chunk.len() - 8);
    checksum == checksum_of(&[covered])
}

/// Whether the data of a chunk have the length that its kind asks for, if any.
fn has_its_length(kind: &[u8; 4], data: &[u8]) -> bool {
    LENGTHS.iter().all(|(of, length)| *of != kind || data.len() == *length)
}

/// A chunk of such data.
fn written(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length[..], kind, data, &checksum_of(&[kind, data])].concat()
}

fn checksum_of(parts: &[&[u8]]) -> [u8; 4] {
    let mut crc = Crc::new();
    parts.iter().for_each(|part| crc.update(part));
    crc.sum().to_be_bytes()
}
