//! Strangers' text in a line of ours.

/// `text` as one line of at most `max` characters: whatever could end a line, start a header or turn the direction of
/// writing becomes a space, and runs of spaces become one.
pub(crate) fn one_line(text: &str, max: usize) -> String {
    let safe: String = text.chars().map(|char| if is_safe(char) { char } else { ' ' }).collect();
    let line = safe.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= max {
        return line;
    }
    let kept: String = line.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Line and paragraph separators, and the marks that reorder or hide what stands beside them (Unicode's general
/// category Cf and its neighbours), have no place in a name or a title.
fn is_safe(char: char) -> bool {
    let hidden = matches!(char,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !char.is_control() && !hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_start_a_header_becomes_a_space() {
        assert_eq!(one_line("Cats\r\nBcc: everyone@example.test", 100), "Cats Bcc: everyone@example.test");
        assert_eq!(one_line("a\u{2028}b\u{85}c\u{0}d\u{b}e", 100), "a b c d e");
    }

    #[test]
    fn marks_that_turn_the_direction_of_writing_are_left_out() {
        assert_eq!(one_line("gpj\u{202e}.exe", 100), "gpj .exe");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(one_line("Übergröße", 100), "Übergröße");
        assert_eq!(one_line("Übergröße", 5), "Über…");
        assert_eq!(one_line("", 5), "");
    }
}
