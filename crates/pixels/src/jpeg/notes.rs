//! What strict readers stop at in a JPEG whose pixels are all there (ITU T.81, annex B; JFIF 1.02).

use super::{END_OF_IMAGE, START, START_OF_SCAN, end_of_scan, next};
use crate::Note;

const JFIF: &[u8] = b"JFIF\0";
/// The fields of a JFIF segment, without a thumbnail.
const JFIF_BYTES: usize = 14;

/// The notes on a file.
pub(crate) fn notes(bytes: &[u8]) -> Vec<Note> {
    let (mut notes, mut at) = (Vec::new(), START.len());
    loop {
        let begins = at;
        let Some((marker, segment)) = next(bytes, &mut at) else {
            notes.push(Note::NoEnd);
            return notes;
        };
        let is_garbage_before = bytes.get(begins) != Some(&0xFF);
        let is_short = segment.starts_with(JFIF) && segment.len() < JFIF_BYTES;
        if (is_garbage_before || is_short) && notes.is_empty() {
            notes.push(Note::Malformed);
        }
        match marker {
            END_OF_IMAGE => return notes,
            START_OF_SCAN => at = end_of_scan(bytes, at),
            _ => {}
        }
    }
}
