//! Strangers' text in mails of ours: names, titles and programs are chosen by people whom the reader may not know, and
//! the mail is from us.

/// The longest such text, in characters.
const LONGEST: usize = 40;

/// A stranger's text in quotation marks of ours, harmless.
pub(crate) fn quoted(text: &str) -> String {
    format!("“{}”", harmless(text))
}

/// A stranger's text as one line of at most 40 characters of which no program makes a link and no reader a sentence of
/// ours: nothing in it ends a line, a header or the quotation, or turns the direction of writing.
pub(crate) fn harmless(text: &str) -> String {
    cut(&without_links(&one_line(text)))
}

/// Whatever could end a line, start a header or turn the direction of writing becomes a space, and runs of spaces
/// become one. Quotation marks become apostrophes.
fn one_line(text: &str) -> String {
    let safe: String = text.chars().map(safe).collect();
    safe.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Line and paragraph separators, and the marks that reorder or hide what stands beside them (Unicode's general
/// category Cf and its neighbours), have no place in a name or a title.
fn safe(char: char) -> char {
    let hidden = matches!(char,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    match char {
        '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂' | '〝' | '〞' => '\'',
        _ if char.is_control() || hidden => ' ',
        _ => char,
    }
}

/// Takes apart what mail programs make links of: schemes, and names of hosts with or without `www.`.
fn without_links(line: &str) -> String {
    let mut apart = String::with_capacity(line.len());
    let line = line.replace("://", " ");
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        apart.push(char);
        // A full stop ends a sentence, an initial or a number's whole part; before a letter it is part of a name of a
        // host. The wider forms of it are read as one in such names (UTS 46).
        if matches!(char, '.' | '。' | '．' | '｡') && chars.peek().is_some_and(|next| next.is_alphabetic()) {
            apart.push(' ');
        }
    }
    without_www(&apart)
}

fn without_www(text: &str) -> String {
    let mut apart = text.to_owned();
    // ASCII alone changes its case, so positions stay.
    while let Some(at) = apart.to_ascii_lowercase().find("www.") {
        apart.replace_range(at + 3..at + 4, " ");
    }
    apart.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    let kept: String = line.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_start_a_header_becomes_a_space() {
        assert_eq!(harmless("Cats\r\nBcc: everyone@x"), "Cats Bcc: everyone@x");
        assert_eq!(harmless("a\u{2028}b\u{85}c\u{0}d\u{b}e"), "a b c d e");
    }

    #[test]
    fn marks_that_turn_the_direction_of_writing_are_left_out() {
        assert_eq!(harmless("gpj\u{202e}exe"), "gpj exe");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(harmless("Übergröße"), "Übergröße");
        assert_eq!(harmless(&"ü".repeat(41)), format!("{}…", "ü".repeat(39)));
        assert_eq!(harmless(""), "");
    }

    #[test]
    fn no_program_makes_a_link_of_it() {
        assert_eq!(harmless("pay at https://evil.example/pay"), "pay at https evil. example/pay");
        assert_eq!(harmless("WWW.evil.example"), "WWW evil. example");
        assert_eq!(harmless("J.R. Smith, version 1.2"), "J. R. Smith, version 1.2");
    }

    #[test]
    fn it_can_not_end_its_quotation() {
        assert_eq!(quoted("Cats” is locked. “"), "“Cats' is locked. '”");
    }

    proptest! {
        #[test]
        fn harmless_text_stays_as_it_is(text in r#"([a-z:/."“wW\n\u{202e}]|://|www\.){0,60}"#) {
            let once = harmless(&text);
            prop_assert!(once.chars().count() <= LONGEST, "{once}");
            prop_assert!(!once.contains("://") && !once.to_lowercase().contains("www."), "{once}");
            prop_assert_eq!(harmless(&once), once);
        }
    }
}
