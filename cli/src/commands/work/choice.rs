//! Which key stands for which label.

/// The keys for labels, in the order in which they are given out.
const KEYS: &str = "1234567890abcdefghijklmnopqrstuvwxyz";

/// How labels are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// A key for each label.
    Keys(Vec<char>),
    /// More labels than keys: a part of the label is typed that fits no other, and Enter.
    Typed,
}

impl Choice {
    /// Labels of one character are their own keys; others are numbered.
    pub(super) fn of(labels: &[String]) -> Self {
        let own: Option<Vec<char>> = labels.iter().map(|label| single(label)).collect();
        if let Some(own) = own {
            return Self::Keys(own);
        }
        if labels.len() > KEYS.len() {
            return Self::Typed;
        }
        Self::Keys(KEYS.chars().take(labels.len()).collect())
    }

    /// The label of a key.
    pub(super) fn label<'l>(&self, labels: &'l [String], key: char) -> Option<&'l str> {
        let Self::Keys(keys) = self else { return None };
        let place = keys.iter().position(|known| *known == key);
        // A capital letter by accident is no reason to do nothing.
        let place = place.or_else(|| keys.iter().position(|known| known.to_lowercase().eq(key.to_lowercase())));
        place.and_then(|place| labels.get(place)).map(String::as_str)
    }

    /// How the labels are shown: each with its key.
    pub(super) fn legend(&self, labels: &[String]) -> Vec<String> {
        match self {
            Self::Keys(keys) => labels
                .iter()
                .zip(keys)
                .map(
                    |(label, key)| {
                        if single(label) == Some(*key) { format!("[{key}]") } else { format!("[{key}] {label}") }
                    },
                )
                .collect(),
            Self::Typed => labels.to_vec(),
        }
    }
}

fn single(label: &str) -> Option<char> {
    let mut chars = label.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// The labels that fit what was typed: the one that is just that, or all that contain it, whatever the case.
pub(super) fn fitting<'l>(labels: &'l [String], typed: &str) -> Vec<&'l str> {
    if let Some(same) = labels.iter().find(|label| *label == typed) {
        return vec![same];
    }
    let typed = typed.to_lowercase();
    labels.iter().filter(|label| label.to_lowercase().contains(&typed)).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(all: &[&str]) -> Vec<String> {
        all.iter().map(|&label| label.to_owned()).collect()
    }

    #[test]
    fn labels_of_one_character_are_their_own_keys() {
        let digits = labels(&["0", "1", "x"]);
        let choice = Choice::of(&digits);
        assert_eq!((choice.label(&digits, '0'), choice.label(&digits, 'X')), (Some("0"), Some("x")));
        assert_eq!(choice.legend(&digits), ["[0]", "[1]", "[x]"]);
    }

    #[test]
    fn other_labels_are_numbered() {
        let pets = labels(&["cat", "dog"]);
        let choice = Choice::of(&pets);
        assert_eq!((choice.label(&pets, '2'), choice.label(&pets, '3')), (Some("dog"), None));
        assert_eq!(choice.legend(&pets), ["[1] cat", "[2] dog"]);
    }

    #[test]
    fn many_labels_are_typed() {
        let many: Vec<String> = (0..50).map(|number| format!("Label {number}")).collect();
        assert_eq!(Choice::of(&many), Choice::Typed);
        assert_eq!(fitting(&many, "label 4").len(), 11);
        assert_eq!(fitting(&many, "Label 4"), ["Label 4"], "what is meant exactly goes before");
        assert_eq!(fitting(&many, "49"), ["Label 49"]);
    }
}
