//! WebP: RIFF chunks (RFC 9649, 2).

pub(crate) mod animation;
pub(crate) mod encode;

const HEADER: usize = 12;
/// A frame of an animation begins with its place and duration, and goes on with chunks.
const FRAME_HEADER: usize = 16;
/// The flags of `VP8X` that say that there is Exif, and XMP.
const METADATA: u8 = 0b0000_1100;

/// The chunks that are needed, and a length that says so.
pub(crate) fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend(&bytes[..HEADER.min(bytes.len())]);
    let end = bytes.len().min(length(bytes).unwrap_or_default()).max(plain.len());
    copy(&bytes[plain.len()..end], &mut plain);
    set_length(&mut plain, 4, 8);
    plain
}

/// Whether the file is as long as its header tells.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    length(bytes).is_some_and(|length| length <= bytes.len())
}

/// The length of the file that its header tells (RFC 9649, 2.4).
fn length(bytes: &[u8]) -> Option<usize> {
    let behind = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    (behind as usize).checked_add(8)
}

/// Copies the chunks that are needed.
fn copy(mut chunks: &[u8], plain: &mut Vec<u8>) {
    while let Some((kind, data, rest)) = first(chunks) {
        chunks = rest;
        let begins = plain.len();
        match kind {
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ICCP" => put(kind, data, plain),
            b"VP8X" => {
                put(kind, data, plain);
                if let Some(flags) = plain.get_mut(begins + 8) {
                    *flags &= !METADATA;
                }
            }
            b"ANMF" if data.len() >= FRAME_HEADER => {
                put(kind, &data[..FRAME_HEADER], plain);
                copy(&data[FRAME_HEADER..], plain);
                set_length(plain, begins + 4, begins + 8);
            }
            _ => {}
        }
    }
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
