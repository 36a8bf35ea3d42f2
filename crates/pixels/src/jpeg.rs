//! JPEG: segments before, between and in scans (ITU T.81, annex B).

pub(crate) mod decode;
pub(crate) mod encode;
mod errors;
mod notes;
mod profile;
mod reader;
mod rewrite;
mod scans;
mod standard;
mod tables;

use std::borrow::Cow;

use image::metadata::Orientation;

pub(crate) use self::notes::notes;
use self::profile::Profile;
use crate::{Error, Format, upright};

const START: [u8; 2] = [0xFF, 0xD8];
const END: [u8; 2] = [0xFF, 0xD9];
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const APP_0: u8 = 0xE0;
const EXIF: u8 = 0xE1;
const APP_2: u8 = 0xE2;
const APP_15: u8 = 0xEF;
const COMMENT: u8 = 0xFE;
/// Adobe's segment (Technical Note 5116, 18), but for its last byte.
const ADOBE: [u8; 11] = *b"Adobe\0\x64\0\0\0\0";

/// The segments that decoding needs, and the color profile. Ends with the first picture of the file.
pub(crate) fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend(START);
    let is_in_scans = Frame::read(bytes).is_some_and(|frame| frame.is_in_scans);
    let (mut profile, mut has_jfif, mut has_scan) = (Profile::read(bytes), false, false);
    let mut at = START.len();
    while let Some((marker, segment)) = next(bytes, &mut at) {
        match marker {
            END_OF_IMAGE => break,
            // What is said of the whole picture is said before its first scan.
            APP_0..=APP_15 if has_scan => {}
            APP_0 if has_jfif => {}
            APP_2 if profile::is_part(segment) => profile.put(segment, &mut plain),
            _ => {
                if let Some(needed) = needed(marker, segment) {
                    put(marker, &needed, &mut plain);
                    has_jfif |= marker == APP_0;
                }
            }
        }
        if marker == START_OF_SCAN {
            let end = end_of_scan(bytes, at);
            plain.extend(&bytes[at..end]);
            at = end;
            has_scan = true;
            if !is_in_scans {
                // Nobody reads what comes behind all pixels.
                break;
            }
        }
    }
    plain.extend(END);
    plain
}

/// A plain file whose coefficients are written anew, and stay the same; none where the file has no byte that its pixels
/// do not need. What libjpeg can't write anew is encoded again.
///
/// # Errors
/// Damaged, TooManyScans or NotHeld.
pub(crate) fn bare(plain: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let Some(frame) = Frame::read(plain) else { return Ok(None) };
    // Which bytes a scan needs depends on the scans before it: of a picture in several nobody can tell.
    if !frame.is_in_scans && tables::are_all_needed(plain) && decode::needs_every_byte(plain) {
        return Ok(None);
    }
    let Ok(anew) = rewrite::rewritten(plain, frame.is_progressive) else {
        return upright::turned(Format::Jpeg, plain, Orientation::NoTransforms).map(Some);
    };
    let mut bare = START.to_vec();
    let mut at = START.len();
    while let Some((marker, segment)) = next(plain, &mut at) {
        match marker {
            APP_0..=APP_15 => put(marker, segment, &mut bare),
            START_OF_SCAN | END_OF_IMAGE => break,
            _ => {}
        }
    }
    bare.extend(&anew[START.len()..]);
    Ok(Some(bare))
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
            Some((APP_2, segment)) if profile::is_part(segment) => put(APP_2, segment, &mut readable),
            Some((marker, segment)) => {
                if let Some(needed) = needed(marker, segment) {
                    put(marker, &needed, &mut readable);
                }
            }
        }
    }
}

/// The file up to the data of its first scan: its header is there.
pub(crate) fn head(bytes: &[u8]) -> &[u8] {
    let mut at = START.len();
    while let Some((marker, _)) = next(bytes, &mut at) {
        if marker == START_OF_SCAN {
            return &bytes[..at];
        }
    }
    bytes
}

/// The file as libjpeg reads it: as it is, unless it has what libjpeg does not pass over.
pub(crate) fn decodable(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = START.len();
    loop {
        let before = at;
        let Some((marker, _)) = next(bytes, &mut at) else { return readable(bytes) };
        if !bytes[before..].starts_with(&[0xFF, marker]) {
            return readable(bytes);
        }
        match marker {
            START_OF_SCAN => return bytes.into(),
            0xC0..=0xC2 | 0xC4 | 0xDB | 0xDD | APP_0..=APP_15 | COMMENT => {}
            _ => return readable(bytes),
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
    /// Whether each scan makes all pixels finer.
    pub(crate) is_progressive: bool,
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
                    frame = Some(Self { components: *segment.get(5)?, is_in_scans: is_progressive, is_progressive });
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

/// What is kept of a segment, beside the color profile. Of those without a name here, as of a number of lines that
/// comes late (DNL), a decoder needs nothing.
fn needed(marker: u8, segment: &[u8]) -> Option<Vec<u8>> {
    match marker {
        // JFIF, but for its thumbnail.
        APP_0 if segment.starts_with(b"JFIF\0") => {
            let mut header = segment.get(..14)?.to_vec();
            header[12..].fill(0);
            Some(header)
        }
        // Tells how colors were transformed.
        0xEE if segment.starts_with(b"Adobe") => Some([&ADOBE[..], segment.get(11..12)?].concat()),
        // Frames, tables, and where scans begin and restart.
        0xC0..=0xC7 | 0xC9..=0xCF | START_OF_SCAN | 0xDB | 0xDD => Some(segment.to_vec()),
        _ => None,
    }
}

/// Where the compressed data of a scan end: at a marker that is no restart, nor one of those that decoders pass over in
/// search of the next restart (libjpeg's `jpeg_resync_to_restart`).
fn end_of_scan(bytes: &[u8], from: usize) -> usize {
    let is_end = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0..=0xBF | 0xD0..=0xD7 | 0xFF);
    bytes[from..].windows(2).position(is_end).map_or(bytes.len(), |place| from + place)
}
