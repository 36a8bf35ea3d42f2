#![doc = include_str!("../README.md")]

mod sign;
mod spreadsheet;

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{BinaryProperty as _, DefaultIgnorableCodePoint};

pub use self::spreadsheet::{guarded, unguarded};

/// What people see of a text and can tell it from another by.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut seen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let flag = sign::flag(rest);
        let sign = flag.unwrap_or(&rest[..c.len_utf8()]);
        if is_blank(c) {
            if !seen.is_empty() && !seen.ends_with(' ') {
                seen.push(' ');
            }
        } else if flag.is_some() || !is_unseen(c) {
            seen.push_str(sign);
        }
        rest = &rest[sign.len()..];
    }
    if seen.ends_with(' ') {
        seen.pop();
    }
    Cow::Owned(ComposingNormalizerBorrowed::new_nfc().normalize(&seen).into_owned())
}

/// Where the text that is meant stands among those that are known: the same text, else the only one that looks the
/// same, else the one that is [guarded] so. Nothing where several look the same.
#[must_use]
pub fn find<T: AsRef<str>>(known: &[T], text: &str) -> Option<usize> {
    written(known, text).or_else(|| written(known, &unguarded(text)?))
}

fn written<T: AsRef<str>>(known: &[T], text: &str) -> Option<usize> {
    if let Some(place) = known.iter().position(|known| known.as_ref() == text) {
        return Some(place);
    }
    let seen = visible(text);
    let mut alike = (0..known.len()).filter(|&place| visible(known[place].as_ref()) == seen);
    let first = alike.next()?;
    alike.next().is_none().then_some(first)
}

/// Whether a text begins or ends, within the white space around it, with what nobody sees or takes for a blank, but for
/// what changes how the character before it looks.
#[must_use]
pub fn is_framed_unseen(text: &str) -> bool {
    let text = text.trim();
    let hides = |c: char| is_unseen(c) || is_blank(c);
    text.starts_with(hides) || text.ends_with(hides) && !sign::ends(text)
}

/// Whether nobody sees a character: it has no width of its own and is none of white space.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    DefaultIgnorableCodePoint::for_char(c)
        || matches!(c, '\u{FFF9}'..='\u{FFFB}')
        || c.is_control() && !c.is_whitespace()
}

/// Whether a character is white space or looks like it: a pattern of Braille, a head of a note and two hieroglyphs are
/// blank.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2800}' | '\u{1D159}' | '\u{13441}' | '\u{13442}')
}

/// Whether a text is seen as it is, as nearly all are.
fn is_plain(text: &str) -> bool {
    let is_seen = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    text.bytes().all(is_seen) && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_look_the_same_are_one() {
        for (one, other) in [
            ("caf\u{e9}", "cafe\u{301}"),
            ("hot dog", "hot\u{a0}dog"),
            ("hot dog", "hot \u{2028}\t dog"),
            ("hot dog", "\u{3000}hot\u{2800}dog\u{2800}"),
            ("cat", "cat\u{fe0f}"),
            ("cat", "cat\u{180b}"),
            ("cat", "c\u{ad}a\u{200b}t\u{e0041}"),
            ("cat", "\u{feff}cat\u{fff9}\u{fffb}"),
            ("cat", "cat\u{7}"),
            ("e\u{301}", "e\u{34f}\u{301}"),
            ("\u{2764}", "\u{2764}\u{fe0f}"),
        ] {
            assert_eq!(visible(one), visible(other), "{one:?} {other:?}");
        }
        assert_eq!(visible("\u{3164}\u{2800}\u{200b} "), "");
    }

    #[test]
    fn texts_that_look_different_are_two() {
        let (scotland, wales) = (
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
        );
        for (one, other) in
            [("cat", "Cat"), ("hotdog", "hot dog"), ("\u{ff21}", "A"), ("\u{fb01}", "fi"), (scotland, wales)]
        {
            assert_ne!(visible(one), visible(other), "{one:?} {other:?}");
        }
        assert_eq!(visible(wales), wales);
        assert_eq!(visible("\u{1f3f4}\u{e0063}\u{e0061}\u{e0074}\u{e007f}"), "\u{1f3f4}", "of no region");
    }

    #[test]
    fn what_is_meant_is_the_same_text_else_the_only_one_that_looks_so() {
        let known = ["caf\u{e9}", "tea", "hot dog", "hot\u{a0}dog"];
        assert_eq!((find(&known, "tea"), find(&known, "cafe\u{301}")), (Some(1), Some(0)));
        assert_eq!(find(&known, "te\u{200b}a"), Some(1));
        assert_eq!((find(&known, "hot dog"), find(&known, "hot\u{a0}dog")), (Some(2), Some(3)));
        assert_eq!((find(&known, "hot  dog"), find(&known, "Tea"), find(&known, "")), (None, None, None));
    }

    #[test]
    fn no_text_begins_or_ends_with_what_nobody_sees() {
        for text in [
            "\u{feff}cat",
            "cat\u{feff}",
            "cat\u{2800}",
            "\u{2800}",
            " \u{2800}cat",
            "cat\u{feff}\n",
            "cat\u{fff9}",
            "\u{fffb}cat",
            "cat\u{fe0f}",
            "cat\u{e0100}",
            "cat\u{e0041}",
            "cat\u{e007f}",
            "cat\u{180b}",
            "cafe\u{301}\u{fe0f}",
            "\u{732b}\u{fe0f}",
            "7\u{fe0f}",
            "\u{2764}\u{fe0f}\u{fe0f}",
            "\u{2764}\u{fe0f}\u{200d}",
            "\u{1f600}\u{e0063}\u{e0061}\u{e0074}\u{e007f}",
            "\u{1f3f4}\u{e0063}\u{e0061}\u{e0074}\u{e007f}",
            "\u{0646}\u{0645}\u{06cc}\u{200c}",
            "cat\u{200d}",
            "\u{ad}",
            "\u{3164}",
        ] {
            assert!(is_framed_unseen(text), "{text:?}");
        }
    }

    #[test]
    fn names_of_all_scripts_and_signs_may_be() {
        for text in [
            "cat",
            " cat\n",
            "",
            // Words in Persian with a joiner within, in Sinhala too, and in Malayalam and Hindi with one at their end.
            "\u{0645}\u{06cc}\u{200c}\u{062e}\u{0648}\u{0627}\u{0647}\u{0645}",
            "\u{0dc1}\u{0dca}\u{200d}\u{0dbb}\u{0dd3}",
            "\u{0d05}\u{0d35}\u{0d28}\u{0d4d}\u{200d}",
            "\u{0936}\u{094d}\u{0930}\u{0940}\u{092e}\u{093e}\u{0928}\u{094d}\u{200c}",
            // A heart, a copyright sign, a family, a health worker, a thumb, a keycap and flags.
            "\u{2764}\u{fe0f}",
            "\u{2764}\u{fe0e}",
            "\u{a9}\u{fe0f}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{1f469}\u{200d}\u{2695}\u{fe0f}",
            "\u{1f44d}\u{1f3fd}",
            "1\u{fe0f}\u{20e3}",
            "\u{1f1e9}\u{1f1ea}",
            "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            // Ideographs in one of their forms, an operator, Myanmar, Phags-pa, and Mongolian.
            "\u{845b}\u{e0100}",
            "\u{795e}\u{fe00}",
            "\u{2229}\u{fe00}",
            "\u{1000}\u{fe00}",
            "\u{a856}\u{fe00}",
            "\u{182e}\u{1823}\u{1829}\u{182d}\u{1823}\u{182f}",
            "\u{1828}\u{1820}\u{180b}",
        ] {
            assert!(!is_framed_unseen(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_seen_is_seen_as_it_is(text in any::<String>()) {
            let seen = visible(&text).into_owned();
            prop_assert_eq!(visible(&seen).into_owned(), seen.clone());
            prop_assert_eq!(seen.trim(), seen.as_str());
            prop_assert!(!seen.starts_with(is_unseen));
        }
    }
}
