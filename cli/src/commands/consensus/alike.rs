//! Labels that people take for one and programs for two.

use std::collections::BTreeMap;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{BinaryProperty as _, DefaultIgnorableCodePoint};

/// So many groups are told.
const MOST: usize = 5;

/// What is worth a word where labels differ in nothing but case, blanks, the form of a number or what nobody sees.
pub(super) fn notes<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for label in labels {
        let group = groups.entry(essence(label)).or_default();
        if !group.contains(&label) {
            group.push(label);
        }
    }
    let alike = groups.into_values().filter(|group| group.len() > 1).take(MOST);
    let told = alike.map(|group| {
        let names: Vec<String> = group.iter().map(|label| shown(label)).collect();
        format!("the labels {} look alike and count as {}", names.join(" and "), group.len())
    });
    told.collect()
}

/// What of a label people read.
fn essence(label: &str) -> String {
    let seen: String = label.chars().filter(|c| !DefaultIgnorableCodePoint::for_char(*c)).collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(&words.join(" ").to_lowercase()).into_owned();
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number.to_string(),
        _ => text,
    }
}

/// A label with what nobody sees of it written out.
fn shown(label: &str) -> String {
    let letters = label.chars().map(|c| match c {
        c if DefaultIgnorableCodePoint::for_char(c) || !c.is_ascii() && c.is_whitespace() => {
            c.escape_unicode().to_string()
        }
        c => c.to_string(),
    });
    let mut text: String = letters.collect();
    if ComposingNormalizerBorrowed::new_nfc().normalize(label) != label {
        text = label.escape_unicode().to_string();
    }
    format!("'{text}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_look_alike_are_named_and_others_are_not() {
        let told =
            notes(["Cat", "dog", "cat", "c\u{200b}at", "1", "1.0", "owl", "1 000", "u\u{308}", "\u{fc}"].into_iter());
        assert_eq!(
            told,
            [
                "the labels '1' and '1.0' look alike and count as 2",
                "the labels 'Cat' and 'cat' and 'c\\u{200b}at' look alike and count as 3",
                "the labels '\\u{75}\\u{308}' and '\u{fc}' look alike and count as 2",
            ]
        );
        assert!(notes(["cat", "cats", "0", "00x", "10"].into_iter()).is_empty());
    }
}
