//! JPEG: segments before, between and in scans (ITU T.81, annex B).

const START: [u8; 2] = [0xFF, 0xD8];
const END: [u8; 2] = [0xFF, 0xD9];
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const COMMENT: u8 = 0xFE;

/// The segments that decoding needs, and the color profile. Ends with the first picture of the file.
pub(crate) fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend(START);
    let mut at = START.len();
    while let Some((marker, segment)) = next(bytes, &mut at) {
        if marker == END_OF_IMAGE {
            break;
        }
        if let Some(needed) = needed(marker, segment) {
            plain.extend([0xFF, marker]);
            plain.extend(u16::try_from(needed.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
            plain.extend(needed);
        }
        if marker == START_OF_SCAN {
            let end = end_of_scan(bytes, at);
            plain.extend(&bytes[at..end]);
            at = end;
        }
    }
    plain.extend(END);
    plain
}

/// The next marker with what follows it; markers without a segment are passed over, and so is what stands between
/// segments.
fn next<'a>(bytes: &'a [u8], at: &mut usize) -> Option<(u8, &'a [u8])> {
    loop {
        *at += bytes.get(*at..)?.iter().position(|&byte| byte == 0xFF)?;
        *at += bytes[*at..].iter().position(|&byte| byte != 0xFF)?;
        let marker = bytes[*at];
        *at += 1;
        match marker {
            END_OF_IMAGE => return Some((marker, &[])),
            0 | 1 | 0xD0..=0xD8 => {}
            _ => {
                let length = usize::from(u16::from_be_bytes(*bytes.get(*at..)?.first_chunk()?));
                let segment = bytes.get(*at + 2..*at + length)?;
                *at += length;
                return Some((marker, segment));
            }
        }
    }
}

/// What is kept of a segment.
fn needed(marker: u8, segment: &[u8]) -> Option<Vec<u8>> {
    match marker {
        // JFIF, but for its thumbnail.
        0xE0 if segment.starts_with(b"JFIF\0") => {
            let mut header = segment.get(..14)?.to_vec();
            header[12..].fill(0);
            Some(header)
        }
        0xE2 if segment.starts_with(b"ICC_PROFILE\0") => Some(segment.to_vec()),
        // Tells how colors were transformed.
        0xEE if segment.starts_with(b"Adobe") => Some(segment.get(..12)?.to_vec()),
        0xE0..=0xEF | COMMENT => None,
        _ => Some(segment.to_vec()),
    }
}

/// Where the compressed data of a scan end: at a marker that is no restart.
fn end_of_scan(bytes: &[u8], from: usize) -> usize {
    let is_end = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7 | 0xFF);
    bytes[from..].windows(2).position(is_end).map_or(bytes.len(), |place| from + place)
}
