//! WebP: RIFF chunks (RFC 9649, 2).

pub(crate) mod animation;
mod demux;
pub(crate) mod encode;
mod tail;

use crate::{Error, Limits, icc};

const HEADER: usize = 12;
/// `VP8X` has flags and the size of the picture.
const EXTENDED: usize = 10;
/// The flags of `VP8X` that say that there are a color profile, alpha and an animation.
const HAS_PROFILE: u8 = 0b0010_0000;
const HAS_ALPHA: u8 = 0b0001_0000;
const IS_ANIMATION: u8 = 0b0000_0010;
/// `ANIM` has a color and a number of times.
const ANIMATION: usize = 6;
/// The most pixels of all frames of an animation that is copied frame by frame.
const MOST_FRAME_PIXELS: u64 = 30_000_000;
/// A frame of an animation begins with its place and duration, and goes on with chunks.
const FRAME_HEADER: usize = 16;

/// The chunks that are needed, and a length that says so. An animation with a frame that can't be decoded, or with more
/// frames or pixels than are looked at, is its first picture.
///
/// # Errors
/// Damaged.
pub(crate) fn plain(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    // Frames lie within the picture then, which was judged.
    if !is_whole(bytes) {
        return Err(Error::Damaged("a length is wrong".to_owned()));
    }
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend(&bytes[..HEADER.min(bytes.len())]);
    let end = bytes.len().min(length(bytes).unwrap_or_default()).max(plain.len());
    let chunks = &bytes[plain.len()..end];
    match first(chunks) {
        Some((b"VP8X", data, rest)) => copy_extended(data, rest, &mut plain),
        _ => {
            copy_image(chunks, &mut plain);
        }
    }
    set_length(&mut plain, 4, 8);
    Ok(plain)
}

/// Whether the file is as long as its header tells, and so are its chunks and frames.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    demux::is_sound(bytes)
}

/// The length of the file that its header tells (RFC 9649, 2.4).
fn length(bytes: &[u8]) -> Option<usize> {
    let behind = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    (behind as usize).checked_add(8)
}

/// Copies what follows `VP8X`, and says there what there is.
fn copy_extended(header: &[u8], mut chunks: &[u8], plain: &mut Vec<u8>) {
    let Some(header) = header.first_chunk::<EXTENDED>() else { return };
    let profile = profile(chunks);
    let mut header = *header;
    header[0] &= HAS_ALPHA | IS_ANIMATION;
    header[1..4].fill(0);
    header[0] |= if profile.is_some() { HAS_PROFILE } else { 0 };
    put(b"VP8X", &header, plain);
    if let Some(profile) = profile {
        put(b"ICCP", &profile, plain);
    }
    if header[0] & IS_ANIMATION == 0 {
        copy_image(chunks, plain);
        return;
    }
    let (mut is_announced, mut first_end, is_short) = (false, None, is_short(chunks));
    while let Some((kind, data, rest)) = first(chunks) {
        chunks = rest;
        match kind {
            b"ANIM" if !is_announced && data.len() >= ANIMATION => {
                put(kind, &data[..ANIMATION], plain);
                is_announced = true;
            }
            b"ANMF" if data.len() >= FRAME_HEADER => {
                let begins = plain.len();
                put(kind, &data[..FRAME_HEADER], plain);
                let is_seen = copy_image(&data[FRAME_HEADER..], plain);
                set_length(plain, begins + 4, begins + 8);
                match first_end {
                    None if !is_short => return,
                    None => first_end = Some(plain.len()),
                    Some(_) if is_seen => {}
                    Some(first_end) => {
                        plain.truncate(first_end);
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether an animation has no more frames, and no more pixels in them, than are looked at: each frame is decoded twice
/// and, where bytes stand behind its pixels, two dozen times more.
fn is_short(mut chunks: &[u8]) -> bool {
    let (limits, mut frames, mut pixels) = (Limits::default(), 0, 0_u64);
    while let Some((kind, data, rest)) = first(chunks) {
        chunks = rest;
        if let (b"ANMF", Some(&[_, _, _, _, _, _, a, b, c, d, e, f])) = (kind, data.first_chunk()) {
            let side = |[a, b, c]: [u8; 3]| u64::from(u32::from_le_bytes([a, b, c, 0])) + 1;
            frames += 1;
            pixels = pixels.saturating_add(side([a, b, c]) * side([d, e, f]));
        }
    }
    frames <= limits.max_frames && pixels <= MOST_FRAME_PIXELS
}

/// Copies the first image, with its alpha where that stands in a chunk of its own, and nothing behind its pixels; tells
/// whether it can be decoded.
fn copy_image(mut chunks: &[u8], plain: &mut Vec<u8>) -> bool {
    let mut alpha = None;
    while let Some((kind, data, rest)) = first(chunks) {
        chunks = rest;
        match kind {
            b"ALPH" => alpha = alpha.or(Some(data)),
            b"VP8 " | b"VP8L" => {
                let (data, mut is_seen) = tail::bare(data, |data| tail::image(kind, data));
                if let (Some(alpha), b"VP8 ") = (alpha, kind) {
                    let image = tail::image(kind, &data);
                    let seen = |alpha: &[u8]| tail::with_alpha(alpha, image.as_ref()?, &data);
                    let (alpha, is_alpha_seen) = tail::bare(alpha, seen);
                    put(b"ALPH", &alpha, plain);
                    is_seen &= is_alpha_seen;
                }
                put(kind, &data, plain);
                return is_seen;
            }
            _ => {}
        }
    }
    false
}

/// The color profile, with nothing but what tells colors.
fn profile(mut chunks: &[u8]) -> Option<Vec<u8>> {
    while let Some((kind, data, rest)) = first(chunks) {
        if kind == b"ICCP" {
            return icc::plain(data);
        }
        chunks = rest;
    }
    None
}

/// The kind and the data of the first chunk, and what follows.
fn first(chunks: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (kind, rest) = chunks.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let data = rest.get(..length)?;
    // Chunks of an odd length are followed by a zero, which may be missing at the end.
    Some((kind, data, rest.get(length + length % 2..).unwrap_or(&[])))
}

fn put(kind: &[u8; 4], data: &[u8], plain: &mut Vec<u8>) {
    plain.extend(kind);
    plain.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    plain.extend(data);
    if data.len() % 2 == 1 {
        plain.push(0);
    }
}

/// Writes how many bytes there are from a place on.
fn set_length(plain: &mut [u8], at: usize, from: usize) {
    let length = u32::try_from(plain.len().saturating_sub(from)).unwrap_or(u32::MAX);
    if let Some(field) = plain.get_mut(at..at + 4) {
        field.copy_from_slice(&length.to_le_bytes());
    }
}
