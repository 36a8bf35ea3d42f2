//! PNG: its chunks up to the last one that is whole.

use std::borrow::Cow;

/// Where the first chunk begins, behind the signature (W3C PNG, 5.2).
const FIRST_CHUNK: usize = 8;
/// The chunk that ends a picture.
const END: [u8; 12] = *b"\0\0\0\0IEND\xae\x42\x60\x82";

/// The file with its end chunk, in the place of whatever is not a whole chunk: where all pixels came before, nothing
/// that can be seen is missing.
pub(super) fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = FIRST_CHUNK;
    loop {
        match chunk(bytes, at) {
            Some((b"IEND", _)) => return bytes.into(),
            Some((_, end)) => at = end,
            None => return [bytes.get(..at).unwrap_or(bytes), &END].concat().into(),
        }
    }
}

/// The kind of the chunk there and its end; none where it is not whole.
fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8; 4], usize)> {
    let (length, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
    let kind = rest.first_chunk()?;
    let end = at.checked_add(u32::from_be_bytes(*length) as usize)?.checked_add(12)?;
    (end <= bytes.len()).then_some((kind, end))
}
