//! What is texted: few words, in few segments, since each is sent and paid for by itself.

use super::Letter;

/// The characters of GSM 7 that take one place (3GPP TS 23.038, 6.2.1), but for those of control.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                     abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those that take two (6.2.1.1).
const EXTENDED: &str = "^{}\\[~]|€";
/// How many segments a message has at most.
const MOST: usize = 2;

/// A notice as it is texted: its subject, and the link to the matter where one segment has room for both.
pub(crate) fn text(letter: &Letter) -> String {
    let mut words = format!("Labelmesh: {}", plain(&letter.subject));
    while segments(&words) > MOST {
        words.pop();
    }
    match letter.first_link().map(|url| format!("{words} {url}")) {
        Some(whole) if segments(&whole) == 1 => whole,
        _ => words,
    }
}

/// The marks of typography as GSM 7 has them: one that it has not would more than double the segments.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '“' | '”' => plain.push('"'),
            '‘' | '’' => plain.push('\''),
            '–' | '—' => plain.push('-'),
            '…' => plain.push_str("..."),
            other => plain.push(other),
        }
    }
    plain
}

/// In how many segments a text is sent: 160 places of GSM 7 or 70 of UCS-2 in one, 153 or 67 in each of several, which
/// split no character.
fn segments(text: &str) -> usize {
    let in_gsm: Option<Vec<usize>> = text.chars().map(places).collect();
    let (places, alone, joined) = match in_gsm {
        Some(places) => (places, 160, 153),
        None => (text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    if places.iter().sum::<usize>() <= alone {
        return 1;
    }
    let (mut segments, mut used) = (1, 0);
    for taken in places {
        if used + taken > joined {
            segments += 1;
            used = 0;
        }
        used += taken;
    }
    segments
}

/// How many places of GSM 7 a character takes; none where it has no such character.
fn places(sign: char) -> Option<usize> {
    match sign {
        _ if BASIC.contains(sign) => Some(1),
        _ if EXTENDED.contains(sign) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letter(subject: &str, url: &str) -> Letter {
        Letter::new(subject).text("Much more.").link("See", url).link("See more", "https://a.test/more")
    }

    #[test]
    fn segments_are_counted_by_what_their_characters_take() {
        for (text, count) in [
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            // 152 and the first place of the euro's two would be 153 and one left over.
            (format!("{}€{}", "a".repeat(152), "a".repeat(151)), 2),
            (format!("{}€{}", "a".repeat(152), "a".repeat(152)), 3),
            ("Ж".repeat(70), 1),
            ("Ж".repeat(71), 2),
            ("😀".repeat(35), 1),
            ("😀".repeat(67), 3),
            ("ß@é\n".repeat(40), 1),
        ] {
            assert_eq!(segments(&text), count, "{text}");
        }
    }

    #[test]
    fn the_link_is_there_where_it_costs_nothing() {
        let short = letter("Your task “Cats” is complete", "https://a.test/v1/tasks/1/results");
        assert_eq!(text(&short), "Labelmesh: Your task \"Cats\" is complete https://a.test/v1/tasks/1/results");
        let long = letter("Your task “Cats” is complete", &format!("https://a.test/{}", "x".repeat(120)));
        assert_eq!(text(&long), "Labelmesh: Your task \"Cats\" is complete");
        let unusual = letter("Your task “Ж” is complete", "https://a.test/v1/tasks/1/results/and/more");
        assert_eq!(text(&unusual), "Labelmesh: Your task \"Ж\" is complete");
        assert_eq!(text(&Letter::new("No link")), "Labelmesh: No link");
    }

    proptest! {
        #[test]
        fn nothing_takes_more_than_two_segments(subject in "[a-zЖ€“”…😀 ]{0,400}", path in "[a-z]{0,80}") {
            let text = text(&letter(&subject, &format!("https://a.test/{path}")));
            prop_assert!(segments(&text) <= MOST);
            prop_assert!(!text.contains("https") || segments(&text) == 1);
        }
    }
}
