//! What is kept of the chunks beside the pixels (W3C PNG, third edition, 11.3).

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

use super::{data, has_its_length, is_sound, written};
use crate::icc;

/// What says which colors the pixels have.
const COLORS: [&[u8; 4]; 6] = [b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV", b"cLLI"];
/// A name that says nothing.
const PROFILE_NAME: &[u8] = b"ICC Profile";
/// No profile is longer.
const MAX_PROFILE: u64 = 8 << 20;
/// Of what chromaticities and gamma are told in: a hundred thousandths. None is more than a hundred.
const MAX_FIXED: u32 = 10_000_000;

/// What is kept of a chunk before the pixels; none of what viewers pass over, or do not look at.
pub(super) fn kept(kind: &[u8; 4], chunk: &[u8], (colors, palette): (u8, usize)) -> Option<Vec<u8>> {
    if !is_sound(chunk) {
        return None;
    }
    let data = data(chunk);
    let is_kept = match kind {
        b"PLTE" => colors == 3 && data.len().is_multiple_of(3) && data.len() <= 768,
        b"tRNS" => match colors {
            0 => data.len() == 2,
            2 => data.len() == 6,
            3 => (1..=palette).contains(&data.len()),
            _ => false,
        },
        b"iCCP" => return profile(chunk),
        b"gAMA" | b"cHRM" => has_its_length(kind, data) && data.chunks_exact(4).all(is_possible),
        _ => COLORS.contains(&kind) && has_its_length(kind, data),
    };
    is_kept.then(|| chunk.to_vec())
}

fn is_possible(number: &[u8]) -> bool {
    number.first_chunk().is_some_and(|bytes| u32::from_be_bytes(*bytes) <= MAX_FIXED)
}

/// The color profile, with nothing but what tells colors.
fn profile(chunk: &[u8]) -> Option<Vec<u8>> {
    let data = data(chunk);
    let zero = data.iter().position(|byte| *byte == 0)?;
    let [0, compressed @ ..] = data.get(zero + 1..)? else { return None };
    let mut profile = Vec::new();
    let mut inflating = ZlibDecoder::new(compressed).take(MAX_PROFILE);
    inflating.read_to_end(&mut profile).ok()?;
    let is_end = usize::try_from(inflating.get_ref().total_in()).is_ok_and(|end| end == compressed.len());
    let plain = icc::plain(&profile)?;
    if plain == profile && is_end && matches!(&data[..zero], PROFILE_NAME | b"_") {
        return Some(chunk.to_vec());
    }
    let mut deflated = ZlibEncoder::new(Vec::new(), Compression::default());
    deflated.write_all(&plain).ok()?;
    let deflated = deflated.finish().ok()?;
    Some(written(b"iCCP", &[PROFILE_NAME, &[0, 0], &deflated].concat()))
}
