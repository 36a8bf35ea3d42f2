//! Characters that nobody sees by themselves and that change how the one before them looks.

use icu_properties::props::{
    BinaryProperty as _, CanonicalCombiningClass, Emoji, EnumeratedProperty as _, Ideographic, Math,
};

/// The flags that are written by tags behind a black flag: of England, Scotland and Wales (Unicode TR 51, 1.4.9). Other
/// tags show nothing anywhere.
const FLAGS: [&str; 3] = [
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}",
];

/// A sign of consonants without a vowel, behind which a joiner chooses the form of the letter (RFC 5892, A.1 and A.2).
const VIRAMA: CanonicalCombiningClass = CanonicalCombiningClass(9);

/// The flag with tags that a text begins with.
pub(crate) fn flag(text: &str) -> Option<&'static str> {
    FLAGS.into_iter().find(|flag| text.starts_with(*flag))
}

/// Whether a text ends with a sign whose last character nobody sees by itself.
pub(crate) fn ends(text: &str) -> bool {
    if FLAGS.into_iter().any(|flag| text.ends_with(flag)) {
        return true;
    }
    let mut back = text.chars().rev();
    let (Some(last), Some(before)) = (back.next(), back.next()) else { return false };
    match last {
        // As text or in colours. Digits take it too, and look the same unless a keycap follows.
        '\u{FE0E}' | '\u{FE0F}' => !before.is_ascii() && Emoji::for_char(before),
        '\u{FE00}'..='\u{FE0D}' => has_forms(before),
        '\u{E0100}'..='\u{E01EF}' => Ideographic::for_char(before),
        '\u{180B}'..='\u{180D}' | '\u{180F}' => matches!(before, '\u{1800}'..='\u{180A}' | '\u{1820}'..='\u{18AA}'),
        '\u{200C}' | '\u{200D}' => CanonicalCombiningClass::for_char(before) == VIRAMA,
        _ => false,
    }
}

/// Whether there are characters like this one with standardized forms (`StandardizedVariants.txt`): ideographs,
/// operators, chessmen, the punctuation of ideographs, Myanmar, Phags-pa, Manichaean and hieroglyphs.
fn has_forms(c: char) -> bool {
    let is_of_a_script = matches!(
        c,
        '\u{1000}'..='\u{109F}'
            | '\u{2018}'..='\u{201D}'
            | '\u{2654}'..='\u{265F}'
            | '\u{3001}'..='\u{3002}'
            | '\u{A840}'..='\u{A877}'
            | '\u{AA60}'..='\u{AA7F}'
            | '\u{FF01}'..='\u{FF1F}'
            | '\u{10AC0}'..='\u{10AFF}'
            | '\u{13000}'..='\u{1342F}'
            | '\u{13460}'..='\u{143FF}'
    );
    is_of_a_script || Ideographic::for_char(c) || !c.is_ascii() && Math::for_char(c)
}
