//! Texts that spreadsheets show as they are.
//!
//! A spreadsheet takes a field that begins with `=`, `+`, `-` or `@` for a formula (OWASP, "CSV injection"). An
//! apostrophe before it keeps it from that. What is written so comes back: [`unguarded`] undoes [`guarded`].

/// What begins a formula, and what begins another cell.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
const PARTS: [char; 4] = [';', '\t', '\r', '\n'];

/// Whether a formula could begin behind a letter, where one could before it.
fn begins(before: bool, letter: char) -> bool {
    PARTS.contains(&letter) || before && (letter == '"' || letter.is_whitespace())
}

/// A text that no spreadsheet takes for a formula, nor for a cell followed by one: many people's spreadsheets part
/// cells at semicolons or tabs, and take a quote in mid-line for a letter.
#[must_use]
pub fn guarded(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 1);
    let mut begin = true;
    for letter in text.chars() {
        if begin && FORMULA.contains(&letter) {
            written.push('\'');
        }
        begin = begins(begin, letter);
        written.push(letter);
    }
    written
}

/// The text that is guarded in this one; none where nothing is.
#[must_use]
pub fn unguarded(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut begin = true;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if begin && letter == '\'' && letters.peek().is_some_and(|next| FORMULA.contains(next)) {
            begin = false;
            continue;
        }
        begin = begins(begin, letter);
        plain.push(letter);
    }
    (plain.len() < text.len()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_guarded_wherever_a_cell_may_begin() {
        for (text, written) in [("cat", "cat"), ("=1", "'=1"), (" \"-1", " \"'-1"), ("a;+b", "a;'+b"), ("a=b", "a=b")] {
            assert_eq!(guarded(text), written);
        }
        assert_eq!((unguarded("'=1").as_deref(), unguarded("it's"), unguarded("'a'")), (Some("=1"), None, None));
    }

    proptest! {
        #[test]
        fn what_was_guarded_comes_back(text in r#"[ab=+@;\t " ＝-]{0,12}"#) {
            let written = guarded(&text);
            prop_assert_eq!(unguarded(&written).unwrap_or(written), text);
        }
    }
}
