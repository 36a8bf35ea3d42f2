//! Encoded words (RFC 2047), as mails have them and .NET writes them into names.

use encoding_rs::Encoding;
use mail_parser::MessageParser;

/// The name with its encoded words read. They may stand alone, one after the other, or with text before and behind, as
/// in `=?utf-8?B?w5w=?=.png`. What only looks like one stays as it is. None where there is no word.
pub(crate) fn read(name: &str) -> Option<String> {
    let mut read = String::new();
    let mut rest = name;
    let mut has_words = false;
    while let Some(at) = rest.find("=?") {
        let (before, here) = rest.split_at(at);
        read.push_str(before);
        let words = words(here);
        rest = match decoded(&here[..words]) {
            Some(text) => {
                has_words = true;
                read.push_str(&text);
                &here[words..]
            }
            None => {
                read.push_str("=?");
                &here[2..]
            }
        };
    }
    has_words.then(|| read + rest)
}

/// How long the words are with which the text begins. White space between two of them belongs to neither.
fn words(text: &str) -> usize {
    let mut end = 0;
    loop {
        let behind = &text[end..];
        let next = if end == 0 { behind } else { behind.trim_ascii_start() };
        match word(next) {
            Some(length) => end += behind.len() - next.len() + length,
            None => return end,
        }
    }
}

/// How long the word is with which the text begins, if it is one.
fn word(text: &str) -> Option<usize> {
    let (charset, behind) = text.strip_prefix("=?")?.split_once('?')?;
    // A language may follow the charset (RFC 2231, 5).
    let charset = charset.split('*').next().unwrap_or_default();
    Encoding::for_label(charset.as_bytes())?;
    let (encoding, behind) = behind.split_once('?')?;
    if !matches!(encoding, "B" | "b" | "Q" | "q") {
        return None;
    }
    let end = behind.find('?').filter(|&end| behind[end..].starts_with("?="))?;
    Some(text.len() - behind.len() + end + "?=".len())
}

fn decoded(words: &str) -> Option<String> {
    if words.is_empty() {
        return None;
    }
    let header = format!("Subject: {words}\r\n\r\n");
    MessageParser::new().parse_headers(header.as_bytes())?.subject().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn words_are_read_wherever_they_stand_in_a_name() {
        for (name, expected) in [
            ("=?utf-8?B?w5xidW5nIDEucG5n?=", "Übung 1.png"),
            ("=?utf-8?B?w5w=?=.png", "Ü.png"),
            ("2_=?UTF-8?q?=C3=9Cbung_1?=.png", "2_Übung 1.png"),
            ("=?utf-8?B?w5w=?= =?utf-8?B?w5w=?=.png", "ÜÜ.png"),
            ("a =?iso-8859-1*de?Q?=DC?= b =?utf-8?B?w5w=?=", "a Ü b Ü"),
            ("=?utf-8?Q?my cat?=.png", "my cat.png"),
        ] {
            assert_eq!(read(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_only_looks_like_a_word_stays() {
        for name in
            ["a=?.png", "=?b?=", "=?x-none?B?w5w=?=.png", "=?utf-8?Z?w5w=?=", "=?utf-8?B?w5w=", "why=?=?", "=?=?="]
        {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
