//! A color profile in pieces (ICC.1:2022, B.4).

use super::{APP_2, START, START_OF_SCAN, encode::PROFILE_BYTES, next, put};
use crate::icc;

const NAME: &[u8] = b"ICC_PROFILE\0";

/// What is done with the profile of a file.
pub(super) enum Profile {
    /// It stays as it is.
    Same,
    /// It becomes another.
    Other(Vec<u8>),
    /// There is none, or it is written already.
    None,
}

/// Whether a segment is a piece of a profile.
pub(super) fn is_part(segment: &[u8]) -> bool {
    segment.starts_with(NAME)
}

impl Profile {
    /// Reads the pieces before the first scan: each that there should be, once.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut parts = Vec::new();
        let mut at = START.len();
        while let Some((marker, segment)) = next(bytes, &mut at) {
            match segment.get(NAME.len()..) {
                Some([number, count, data @ ..]) if marker == APP_2 && is_part(segment) => {
                    parts.push((*number, *count, data));
                }
                _ if marker == START_OF_SCAN => break,
                _ => {}
            }
        }
        let is_in_order = parts.is_sorted_by_key(|(number, ..)| *number);
        parts.sort_by_key(|(number, ..)| *number);
        let are_all =
            parts.iter().zip(1..).all(|((number, count, _), at)| *number == at && usize::from(*count) == parts.len());
        if !are_all || parts.len() > usize::from(u8::MAX) {
            return Self::None;
        }
        let profile: Vec<u8> = parts.iter().flat_map(|(.., data)| *data).copied().collect();
        match icc::plain(&profile) {
            Some(plain) if plain == profile && is_in_order => Self::Same,
            Some(plain) => Self::Other(plain),
            None => Self::None,
        }
    }

    /// Writes what a piece becomes; another profile is written as a whole in place of the first.
    pub(super) fn put(&mut self, segment: &[u8], to: &mut Vec<u8>) {
        match self {
            Self::Same => put(APP_2, segment, to),
            Self::Other(profile) => {
                let parts = profile.chunks(PROFILE_BYTES);
                let count = u8::try_from(parts.len()).unwrap_or(u8::MAX);
                for (part, number) in parts.zip(1..=count) {
                    put(APP_2, &[NAME, &[number, count], part].concat(), to);
                }
                *self = Self::None;
            }
            Self::None => {}
        }
    }
}
