//! An animation of frames that are encoded each by itself (RFC 9649, 2.7.1).

use super::{HAS_ALPHA, HEADER, IS_ANIMATION, first, put, set_length};

/// A frame replaces what was shown before.
const REPLACES: u8 = 0b0000_0010;

/// A frame as a WebP file of its own, and how long it is shown, in milliseconds.
pub(crate) struct Frame {
    pub(crate) file: Vec<u8>,
    pub(crate) milliseconds: u32,
}

/// One file of frames that all have this size; `loops` times, where 0 is for ever.
pub(crate) fn animation(frames: &[Frame], (width, height): (u32, u32), loops: u16) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    let size = [three(width - 1), three(height - 1)].concat();
    put(b"VP8X", &[&[IS_ANIMATION | HAS_ALPHA, 0, 0, 0][..], &size].concat(), &mut file);
    put(b"ANIM", &[&[0; 4][..], &loops.to_le_bytes()].concat(), &mut file);
    for frame in frames {
        let mut data = [&[0; 6][..], &size, &three(frame.milliseconds), &[REPLACES]].concat();
        let mut chunks = frame.file.get(HEADER..).unwrap_or_default();
        while let Some((kind, chunk, rest)) = first(chunks) {
            if matches!(kind, b"ALPH" | b"VP8 " | b"VP8L") {
                put(kind, chunk, &mut data);
            }
            chunks = rest;
        }
        put(b"ANMF", &data, &mut file);
    }
    set_length(&mut file, 4, 8);
    file
}

/// A number of three bytes, or the largest there is.
fn three(number: u32) -> [u8; 3] {
    let [a, b, c, _] = number.min(0xFF_FFFF).to_le_bytes();
    [a, b, c]
}
