//! The codes that a GIF's pixels are compressed to (GIF89a, appendix F).

/// No code has more bits.
const MAX_BITS: u32 = 12;
const MAX_CODES: usize = 1 << MAX_BITS;

/// The data without what follows the last pixel, and with a code that says so; none where nothing follows it.
pub(super) fn ended(data: &[u8], literal_bits: u8, mut pixels: u64) -> Option<Vec<u8>> {
    let literal_bits = u32::from(literal_bits);
    if !(1..MAX_BITS).contains(&literal_bits) {
        // No decoder takes them.
        return (!data.is_empty()).then(Vec::new);
    }
    let (clear, end) = (1 << literal_bits, (1 << literal_bits) + 1);
    let (mut bits, mut next, mut last) = (literal_bits + 1, end + 1, None);
    let mut lengths = [1_u64; MAX_CODES];
    let mut at = 0;
    while let Some(code) = code(data, at, bits) {
        if code == end {
            return cut(data, at + bits as usize, None);
        }
        if pixels == 0 || code > next || code == next && (last.is_none() || next == MAX_CODES) {
            return cut(data, at, Some((end, bits)));
        }
        at += bits as usize;
        if code == clear {
            (bits, next, last) = (literal_bits + 1, end + 1, None);
            continue;
        }
        if let (Some(last), true) = (last, next < MAX_CODES) {
            lengths[next] = last + 1;
            next += 1;
            if next == 1 << bits && bits < MAX_BITS {
                bits += 1;
            }
        }
        // A code below `clear` is one pixel; the others were told by those before.
        let length = if code < clear { 1 } else { lengths[code] };
        pixels = pixels.saturating_sub(length);
        last = Some(length);
    }
    None
}

/// The code that begins at a bit.
fn code(data: &[u8], at: usize, bits: u32) -> Option<usize> {
    let end = at + bits as usize;
    let bytes = data.get(at / 8..end.div_ceil(8))?;
    let number = bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte));
    Some(number >> (at % 8) & ((1 << bits) - 1))
}

/// The first bits of the data, and one more code; none where that is all there is.
fn cut(data: &[u8], at: usize, code: Option<(usize, u32)>) -> Option<Vec<u8>> {
    let length = at.div_ceil(8);
    if length == data.len() {
        return None;
    }
    let mut kept = data.get(..length)?.to_vec();
    if let (Some(last), 1..) = (kept.last_mut(), at % 8) {
        *last &= (1 << (at % 8)) - 1;
    }
    let (code, bits) = code.unwrap_or_default();
    for bit in 0..bits as usize {
        let place = at + bit;
        if place / 8 == kept.len() {
            kept.push(0);
        }
        kept[place / 8] |= u8::from(code >> bit & 1 == 1) << (place % 8);
    }
    Some(kept)
}
