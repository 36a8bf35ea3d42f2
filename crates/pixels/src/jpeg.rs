//! JPEG: segments before, between and in scans (ITU T.81, annex B).

pub(crate) mod decode;
pub(crate) mod encode;
mod errors;
mod notes;

use std::borrow::Cow;

pub(crate) use self::notes::notes;

const START: [u8; 2] = [0xFF, 0xD8];
const END: [u8; 2] = [0xFF, 0xD9];
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const EXIF: u8 = 0xE1;
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
            put(marker, &needed, &mut plain);
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

/// The file without the segments that its pixels do not need, in which a decoder may stumble over what viewers pass
/// over; Exif stays, and so does all from the first scan on.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut readable = Vec::with_capacity(bytes.len());
    readable.extend(START);
    let mut at = START.len();
    loop {
        let before = at;
        match next(bytes, &mut at) {
            None | Some((END_OF_IMAGE | START_OF_SCAN, _)) => {
                readable.extend(bytes.get(before..).unwrap_or_default());
                return readable.into();
            }
            Some((EXIF, segment)) => put(EXIF, segment, &mut readable),
            Some((marker, segment)) => {
                if let Some(needed) = needed(marker, segment) {
                    put(marker, &needed, &mut readable);
                }
            }
        }
    }
}

fn put(marker: u8, segment: &[u8], to: &mut Vec<u8>) {
    to.extend([0xFF, marker]);
    to.extend(u16::try_from(segment.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
    to.extend(segment);
}

/// What the header of a picture's frame says (ITU T.81, B.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Colors or inks.
    pub(crate) components: u8,
    /// Whether its pixels come in several scans, so that a decoder holds all coefficients before it has any pixel.
    pub(crate) is_in_scans: bool,
}

impl Frame {
    /// Reads it; there is none without a scan.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut at = START.len();
        let mut frame = None;
        while let Some((marker, segment)) = next(bytes, &mut at) {
            match marker {
                0xC4 | 0xC8 | 0xCC => {}
                0xC0..=0xCF => {
                    let is_progressive = marker & 3 == 2;
                    frame = Some(Self { components: *segment.get(5)?, is_in_scans: is_progressive });
                }
                START_OF_SCAN => {
                    let (frame, components): (Self, u8) = (frame?, *segment.first()?);
                    return Some(Self { is_in_scans: frame.is_in_scans || components < frame.components, ..frame });
                }
                END_OF_IMAGE => return None,
                _ => {}
            }
        }
        None
    }

    /// Whether libjpeg can make grey or RGB of it. Of four components, which are inks, it can't.
    pub(crate) fn is_colors(self) -> bool {
        self.components == 1 || self.components == 3
    }
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
