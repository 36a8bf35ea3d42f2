//! What strict readers stop at in a PNG whose pixels are all there (W3C PNG, third edition).

use std::io::{Read as _, copy, sink};

use flate2::read::ZlibDecoder;

use super::{SIGNATURE, chunk, data, has_its_length, is_in_sequence, is_sound};
use crate::Note;

/// The most bytes that one text or profile may inflate to (Pillow's `MAX_TEXT_CHUNK`), and all together
/// (`MAX_TEXT_MEMORY`).
const MAX_INFLATED: u64 = 1 << 20;
const MAX_INFLATED_IN_ALL: u64 = 64 << 20;

/// The notes on a file. Inflates at most 65 MiB of it, and keeps nothing.
pub(crate) fn notes(bytes: &[u8]) -> Vec<Note> {
    let (mut is_malformed, mut has_end) = (!is_in_sequence(bytes), false);
    let (mut at, mut inflated_in_all) = (SIGNATURE, 0);
    while let Some((kind, chunk)) = chunk(bytes, at) {
        at += chunk.len();
        if !is_malformed {
            let inflated = inflated(kind, data(chunk));
            inflated_in_all += inflated.unwrap_or_default();
            is_malformed = !is_well_formed(kind, chunk)
                || inflated.is_none_or(|bytes| bytes > MAX_INFLATED)
                || inflated_in_all > MAX_INFLATED_IN_ALL;
        }
        if kind == b"IEND" {
            has_end = true;
            break;
        }
    }
    [(is_malformed, Note::Malformed), (!has_end, Note::NoEnd)]
        .into_iter()
        .filter_map(|(is_so, note)| is_so.then_some(note))
        .collect()
}

/// Whether kind, length and checksum of a chunk are right.
fn is_well_formed(kind: &[u8; 4], chunk: &[u8]) -> bool {
    kind.iter().all(u8::is_ascii_alphabetic) && is_sound(chunk) && has_its_length(kind, data(chunk))
}

/// How many bytes the text or the profile in a chunk becomes, counted up to one more than it may; zero where there is
/// none that is compressed, none where it is compressed in a way that is not defined (11.3.2.3, 11.3.3).
fn inflated(kind: &[u8; 4], data: &[u8]) -> Option<u64> {
    let compressed = match kind {
        // A profile without a name that ends, or without a method, is none.
        b"iCCP" => Some(behind_zero(data).filter(|profile| !profile.is_empty())?),
        b"zTXt" => behind_zero(data),
        // A flag says whether the text is compressed; its language and its translated keyword stand before it.
        b"iTXt" => match behind_zero(data) {
            Some([1, method, rest @ ..]) => {
                let text = behind_zero(rest).and_then(behind_zero).unwrap_or_default();
                return inflated_by(*method, text);
            }
            _ => None,
        },
        _ => None,
    };
    match compressed {
        Some([method, text @ ..]) => inflated_by(*method, text),
        _ => Some(0),
    }
}

fn inflated_by(method: u8, text: &[u8]) -> Option<u64> {
    let mut text = ZlibDecoder::new(text).take(MAX_INFLATED + 1);
    // What can't be inflated to its end is what was read of it: readers pass over it.
    copy(&mut text, &mut sink()).ok();
    (method == 0).then(|| MAX_INFLATED + 1 - text.limit())
}

/// What follows a text that ends with a zero byte.
fn behind_zero(data: &[u8]) -> Option<&[u8]> {
    let zero = data.iter().position(|byte| *byte == 0)?;
    data.get(zero + 1..)
}
