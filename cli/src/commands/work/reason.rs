//! Why an image is skipped, as operators say it.

use labelmesh_sdk::subtasks::SkipReason;

/// What can be said, each with its word and the key before a picture.
pub(super) const REASONS: [(char, &str, SkipReason); 5] = [
    ('1', "unclear", SkipReason::Unclear),
    ('2', "no-label-fits", SkipReason::NoLabelFits),
    ('3', "several-labels-fit", SkipReason::SeveralLabelsFit),
    ('4', "not-known", SkipReason::NotKnown),
    ('5', "offensive", SkipReason::Offensive),
];

/// The reason with this key.
pub(super) fn of_key(key: char) -> Option<SkipReason> {
    REASONS.iter().find(|(known, ..)| *known == key).map(|(_, _, reason)| *reason)
}

/// The reason with this word; none is said by no word.
pub(super) fn of_word(word: &str) -> Option<SkipReason> {
    let said = REASONS.iter().find(|(_, known, _)| *known == word).map(|(_, _, reason)| *reason);
    if word.is_empty() { Some(SkipReason::Unspecified) } else { said }
}

/// All words, for help.
pub(super) fn words() -> String {
    REASONS.map(|(_, word, _)| word).join(", ")
}
