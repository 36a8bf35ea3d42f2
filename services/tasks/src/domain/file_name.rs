//! Names of files, as clients give them.

use super::Refusal;

/// The longest name, in bytes.
const MAX_BYTES: usize = 1024;

/// The name of an uploaded file: what its image is called within the task, and in results.
///
/// It is kept exactly as it was sent, folders included: `cats/1.png` and `dogs/1.png` are two names. It never becomes
/// a path of ours; objects are called by their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName(String);

impl FileName {
    /// A name as it was sent.
    ///
    /// # Errors
    /// [`Refusal::NameInvalid`] where it is blank, too long, or has characters that make a name look like another.
    pub(crate) fn new(name: String) -> Result<Self, Refusal> {
        if name.trim().is_empty() || name.len() > MAX_BYTES || name.chars().any(deceives) {
            return Err(Refusal::NameInvalid);
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those that turn the direction of writing (Unicode TR 36, 2.3).
fn deceives(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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
        for name in ["", " ", "a\nb.png", "a\0.png", "gnp\u{202E}.exe"] {
            assert_eq!(FileName::new(name.to_owned()), Err(Refusal::NameInvalid), "{name:?}");
        }
        assert_eq!(FileName::new("x".repeat(1025)), Err(Refusal::NameInvalid));
    }
}
