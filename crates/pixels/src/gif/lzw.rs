//! The codes that a GIF's pixels are compressed to (GIF89a, appendix F).

/// No code has more bits.
const MAX_BITS: u32 = 12;
const MAX_CODES: usize = 1 << MAX_BITS;

/// Where codes end.
struct End {
    /// The bit behind the last one that counts.
    at: usize,
    /// How many bits the next one would have.
    bits: u32,
    /// How many pixels are missing there.
    missing: u64,
    why: Why,
}

enum Why {
    /// A code says so.
    Told,
    /// A code follows that is none, or that no pixel needs.
    Stopped,
    /// The data end.
    Cut,
}

/// The data without what follows the last pixel, and with a code that says so; none where nothing follows it.
pub(super) fn ended(data: &[u8], literal_bits: u8, pixels: u64) -> Option<Vec<u8>> {
    let Some(end) = end(data, literal_bits, pixels) else {
        // No decoder takes them.
        return (!data.is_empty()).then(Vec::new);
    };
    match end.why {
        Why::Told => cut(data, end.at, None),
        Why::Stopped => cut(data, end.at, Some(((1 << literal_bits) + 1, end.bits))),
        Why::Cut => None,
    }
}

/// Whether the data tell so many pixels.
pub(super) fn has_all(data: &[u8], literal_bits: u8, pixels: u64) -> bool {
    end(data, literal_bits, pixels).is_some_and(|end| end.missing == 0)
}

/// Reads the codes of pixels; none where literals have as many bits as no decoder takes.
fn end(data: &[u8], literal_bits: u8, pixels: u64) -> Option<End> {
    let literal_bits = u32::from(literal_bits);
    if !(1..MAX_BITS).contains(&literal_bits) {
        return None;
    }
    let (clear, end) = (1 << literal_bits, (1 << literal_bits) + 1);
    let (mut bits, mut next, mut last) = (literal_bits + 1, end + 1, None);
    let mut lengths = [1_u64; MAX_CODES];
    let (mut at, mut missing) = (0, pixels);
    while let Some(code) = code(data, at, bits) {
        if code == end {
            return Some(End { at: at + bits as usize, bits, missing, why: Why::Told });
        }
        if missing == 0 || code > next || code == next && (last.is_none() || next == MAX_CODES) {
            return Some(End { at, bits, missing, why: Why::Stopped });
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
        missing = missing.saturating_sub(length);
        last = Some(length);
    }
    Some(End { at, bits, missing, why: Why::Cut })
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
