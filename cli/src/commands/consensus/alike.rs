//! Labels that people take for one and programs for two.

use std::collections::BTreeMap;

use icu_normalizer::ComposingNormalizerBorrowed;
use labelmesh_visible::{is_blank, is_unseen, visible};

/// What is worth a word where labels differ in nothing but case, width or the form of a number. Those that look the
/// same are one.
pub(super) fn notes<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for label in labels {
        let group = groups.entry(essence(label)).or_default();
        if !group.iter().any(|known| visible(known) == visible(label)) {
            group.push(label);
        }
    }
    let alike = groups.into_values().filter(|group| group.len() > 1);
    let told = alike.map(|group| {
        let names: Vec<String> = group.iter().map(|label| shown(label)).collect();
        format!("the labels {} look alike and count as {}", names.join(" and "), group.len())
    });
    told.collect()
}

/// What of a label people read.
fn essence(label: &str) -> String {
    let text = ComposingNormalizerBorrowed::new_nfkc().normalize(&visible(label).to_lowercase()).into_owned();
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number.to_string(),
        _ => text,
    }
}

/// A label with what nobody sees of it written out.
fn shown(label: &str) -> String {
    let letters = label.chars().map(|c| match c {
        c if is_unseen(c) || is_blank(c) && c != ' ' => c.escape_unicode().to_string(),
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
        let told = notes(
            ["Cat", "dog", "c\u{200b}at", "cat", "1", "1.0", "owl", "1 000", "u\u{308}", "\u{fc}", "U\u{308}"]
                .into_iter(),
        );
        assert_eq!(
            told,
            [
                "the labels '1' and '1.0' look alike and count as 2",
                "the labels 'Cat' and 'c\\u{200b}at' look alike and count as 2",
                "the labels '\\u{75}\\u{308}' and '\\u{55}\\u{308}' look alike and count as 2",
            ]
        );
        assert!(notes(["cat", "cats", "0", "00x", "10"].into_iter()).is_empty());
    }
}
