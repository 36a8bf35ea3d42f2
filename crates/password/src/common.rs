//! Passwords that are guessed first.

use std::collections::BTreeSet;

/// Those of eight bytes or more among the 20,000 that were found most often where passwords were lost: in lower case, a
/// line each, in the order of their bytes.
static LIST: &str = include_str!("common.txt");
/// What people make a password of where they are asked for one here.
const OURS: &str = "labelmesh";
/// Fewer different characters than this are no password, however often they come.
const DIFFERENT: usize = 4;

/// Whether a password is one of the common ones in any case, our own name with digits or signs around it, or made of
/// very few characters.
pub(crate) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    lower.chars().collect::<BTreeSet<_>>().len() < DIFFERENT
        || lower.trim_matches(|character: char| !character.is_alphabetic()) == OURS
        || is_listed(&lower)
}

/// Looks where in the list a line would be, halving.
fn is_listed(lower: &str) -> bool {
    let (mut from, mut to) = (0, LIST.len());
    while from < to {
        let middle = usize::midpoint(from, to);
        let start = LIST[..middle].rfind('\n').map_or(0, |before| before + 1).max(from);
        let end = LIST[middle..].find('\n').map_or(LIST.len(), |after| middle + after);
        match LIST[start..end].cmp(lower) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_found_and_nothing_else() {
        assert!(LIST.lines().is_sorted() && LIST.is_ascii() && LIST.lines().count() > 8_000);
        for line in LIST.lines() {
            assert!(is_listed(line), "{line}");
            assert!(!is_listed(&format!("{line}\u{1}")), "{line}");
        }
        assert!(!is_listed("") && !is_listed("~") && !is_listed("!"));
    }

    #[test]
    fn common_is_what_is_listed_what_is_ours_and_what_has_few_characters() {
        for password in ["password", "Password1", "12345678", "QWERTYUI", "iloveyou1"] {
            assert!(is_common(password), "{password}");
        }
        for password in ["LabelMesh", "labelmesh123", "!labelmesh!", "        ", "abababab", "11112222"] {
            assert!(is_common(password), "{password}");
        }
        for password in ["correct horse", "vq7!kzPw", "labelmesher", "\u{4e00}\u{4e8c}\u{4e09}\u{56db}"] {
            assert!(!is_common(password), "{password}");
        }
    }
}
