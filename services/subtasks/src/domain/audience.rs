//! Whom a task is open to.

use uuid::Uuid;

/// Whom a task is open to, as of a version: the highest that was told stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// Counts the changes.
    pub version: u64,
    /// Whether it is everybody.
    pub open: bool,
    /// Otherwise the members of these groups,
    pub groups: Vec<Uuid>,
    /// and these operators.
    pub operators: Vec<Uuid>,
}

impl Audience {
    /// Everybody.
    #[must_use]
    pub fn everybody(version: u64) -> Self {
        Self { version, open: true, groups: Vec::new(), operators: Vec::new() }
    }
}
