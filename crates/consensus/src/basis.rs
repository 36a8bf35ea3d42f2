//! What a confidence rests on.

/// What the confidences of a rule that learns rest on. Of images decided at c a share c is right: under the first, if
/// this crowd errs together as much as crowds usually do; under the second, as far as so many images can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// What is usual among crowds.
    Usual,
    /// The crowd's own answers on images whose label is known.
    Gold {
        /// How many such images have answers.
        images: u32,
    },
}

/// An item whose label is known, whatever its votes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// Which item.
    pub item: u32,
    /// Its label.
    pub label: u16,
}
