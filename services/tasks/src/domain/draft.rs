//! What a client asks for when it creates a task.

use std::collections::HashSet;

use labelmesh_errors::{Error, Result};
use labelmesh_visible::visible;

use super::Policy;

/// The words of a new task, checked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    title: String,
    instructions: String,
    labels: Vec<String>,
    policy: Policy,
}

impl Draft {
    /// A draft as the client gave it; lengths and control characters have been checked by the contract's rules before.
    ///
    /// # Errors
    /// FIELD_INVALID for a title or label that is blank or begins or ends with blanks, and for labels that don't all
    /// look different.
    pub(crate) fn new(title: String, instructions: String, labels: Vec<String>, policy: Policy) -> Result<Self> {
        check_line("title", &title)?;
        if labels.len() < 2 {
            return Err(Error::invalid("labels", "must be two or more"));
        }
        let mut seen = HashSet::new();
        for (index, label) in labels.iter().enumerate() {
            let field = format!("labels[{index}]");
            check_line(&field, label)?;
            if !seen.insert(visible(label)) {
                return Err(Error::invalid(field, "must look different from the other labels"));
            }
        }
        Ok(Self { title, instructions, labels, policy })
    }

    /// A draft with what a change names, and else as it was.
    ///
    /// # Errors
    /// As [`Draft::new`].
    pub(crate) fn changed(&self, change: DraftChange) -> Result<Self> {
        let Self { title, instructions, labels, policy } = self.clone();
        Self::new(
            change.title.unwrap_or(title),
            change.instructions.unwrap_or(instructions),
            change.labels.unwrap_or(labels),
            change.policy.unwrap_or(policy),
        )
    }

    /// A draft that passed [`Draft::new`] when it was written down, whatever the rules are today.
    #[must_use]
    pub(crate) fn restored(title: String, instructions: String, labels: Vec<String>, policy: Policy) -> Self {
        Self { title, instructions, labels, policy }
    }

    /// The title.
    #[must_use]
    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// What operators should know.
    #[must_use]
    pub(crate) fn instructions(&self) -> &str {
        &self.instructions
    }

    /// The labels that an image may bear: two or more, all different.
    #[must_use]
    pub(crate) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How votes become a decision.
    #[must_use]
    pub(crate) fn policy(&self) -> Policy {
        self.policy
    }
}

/// What a client changes of a draft: none stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DraftChange {
    /// The title.
    pub(crate) title: Option<String>,
    /// What operators should know.
    pub(crate) instructions: Option<String>,
    /// All labels.
    pub(crate) labels: Option<Vec<String>>,
    /// How votes become a decision.
    pub(crate) policy: Option<Policy>,
}

/// A line that people read and choose by.
fn check_line(field: &str, text: &str) -> Result<()> {
    if visible(text).is_empty() {
        return Err(Error::invalid(field, "must not be blank"));
    }
    if text.trim() != text {
        return Err(Error::invalid(field, "must not begin or end with blanks"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(title: &str, instructions: &str, labels: &[&str]) -> Result<Draft> {
        let labels = labels.iter().map(ToString::to_string).collect();
        Draft::new(title.to_owned(), instructions.to_owned(), labels, Policy::new(3, 0, 0.0)?)
    }

    #[test]
    fn a_sensible_draft_is_kept_as_given() {
        let draft = draft("Pets", "Look at the ears.\nThen decide.", &["cat", "dog"]).expect("valid");
        assert_eq!(draft.labels(), ["cat", "dog"]);
    }

    #[test]
    fn what_nobody_can_see_is_refused() {
        for (title, labels) in [
            ("  ", ["cat", "dog"]),
            ("\u{3164}\u{2800}", ["cat", "dog"]),
            ("Pets", ["cat", "cat "]),
            ("Pets", ["cat", "cat"]),
            ("Pets", ["cat", ""]),
            ("Pets", ["cat", "\u{200b}"]),
            ("Pets", ["cat", "c\u{200b}at"]),
            ("Pets", ["cat", "cat\u{2800}"]),
            ("Pets", ["hot dog", "hot\u{a0}dog"]),
            ("Pets", ["p\u{e2}t\u{e9}", "pa\u{302}te\u{301}"]),
        ] {
            assert!(draft(title, "", &labels).is_err(), "{title:?} {labels:?}");
        }
        assert!(draft("Pets", "", &["cat"]).is_err());
    }
}
