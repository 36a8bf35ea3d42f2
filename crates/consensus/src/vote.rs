//! Labels, operators and votes: what the rules are given.

/// A label: its position in the task's list of labels, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub u16);

/// An operator: a key that is the same for the same person and says nothing else, such as the number of a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator(pub u128);

/// What one operator chose for an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// Who chose. Plurality does not look at it: there every vote weighs the same.
    pub operator: Operator,
    /// What was chosen.
    pub label: Label,
}
