//! Names of files, as clients give them.

use labelmesh_visible::{is_framed_unseen, visible};

use super::Refusal;

/// The longest name, in bytes.
const MAX_BYTES: usize = 1024;

/// The name of an uploaded file: what its image is called within the task, and in results.
///
/// It is kept exactly as it was sent, folders included: `cats/1.png` and `dogs/1.png` are two names. It never becomes
/// a path of ours; objects are called by their content. Two names that look the same are one: see [`FileName::seen`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName {
    sent: String,
    seen: String,
}

impl FileName {
    /// A name as it was sent.
    ///
    /// # Errors
    /// [`Refusal::NameInvalid`] where it is blank, too long, begins or ends with what nobody sees, could not be read,
    /// or has characters that make a name look like another.
    pub(crate) fn new(name: String) -> Result<Self, Refusal> {
        let is_framed = name.trim() != name || is_framed_unseen(&name);
        if name.is_empty() || name.len() > MAX_BYTES || is_framed || name.chars().any(deceives) {
            return Err(Refusal::NameInvalid);
        }
        Ok(Self { seen: visible(&name).into_owned(), sent: name })
    }

    /// The name as it was sent.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.sent
    }

    /// What people see of the name: names in which it is the same can't be told apart.
    #[must_use]
    pub(crate) fn seen(&self) -> &str {
        &self.seen
    }
}

/// Control characters, those that turn the direction of writing (Unicode TR 36, 2.3), and the one that stands for what
/// could not be read.
fn deceives(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_as_they_were_sent() {
        for name in ["1.png", "cats/1.png", "Übung 日本.jpg", "=1+1.png", "../x"] {
            assert_eq!(FileName::new(name.to_owned()).expect("valid").as_str(), name);
        }
    }

    #[test]
    fn no_name_and_names_that_deceive_are_refused() {
        for name in [
            "",
            " ",
            "a\nb.png",
            "a\0.png",
            "gnp\u{202E}.exe",
            "a.png ",
            "\u{feff}a.png",
            "a.png\u{200b}",
            "a.png\u{2800}",
            "a.png\u{fe0f}",
            "\u{fffd}.png",
        ] {
            assert_eq!(FileName::new(name.to_owned()), Err(Refusal::NameInvalid), "{name:?}");
        }
        assert_eq!(FileName::new("x".repeat(1025)), Err(Refusal::NameInvalid));
    }

    #[test]
    fn names_that_look_the_same_are_seen_as_one() {
        let seen = |name: &str| FileName::new(name.to_owned()).expect("valid").seen().to_owned();
        assert_eq!(seen("e\u{301}.png"), seen("\u{e9}.png"));
        assert_eq!(seen("a\u{200b}b.png"), seen("ab.png"));
        assert_eq!(seen("a\u{a0}b.png"), seen("a b.png"));
        assert_ne!(seen("A.png"), seen("a.png"));
    }
}
