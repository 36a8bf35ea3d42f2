//! What of a text people see.

use icu_normalizer::ComposingNormalizerBorrowed;
use labelmesh_proto::text::is_unseen;

/// What people see of a text and can tell it from another by: composed (Unicode's NFC), without what has no width, such
/// as joiners and fillers (`Default_Ignorable_Code_Point`), and with a blank for the blank pattern of Braille.
pub(crate) fn visible(text: &str) -> String {
    let seen = text.chars().filter(|c| !is_unseen(*c));
    let seen: String = seen.map(|c| if c == '\u{2800}' { ' ' } else { c }).collect();
    ComposingNormalizerBorrowed::new_nfc().normalize(&seen).into_owned()
}
