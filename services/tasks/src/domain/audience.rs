//! Who is handed a task's images.

use std::fmt;

use labelmesh_ids::{GroupId, UserId};

/// Who is handed a task's images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Everybody who is an operator.
    Open,
    /// Those who are named; nobody where none are.
    Invited {
        /// Groups whose members are.
        groups: Vec<GroupId>,
        /// Operators who are.
        operators: Vec<UserId>,
    },
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Invited { groups, operators } = self else { return f.write_str("open") };
        let groups = groups.iter().map(|group| format!("group {group}"));
        let invited: Vec<_> = groups.chain(operators.iter().map(|operator| format!("operator {operator}"))).collect();
        f.write_str(if invited.is_empty() { "nobody" } else { "" })?;
        f.write_str(&invited.join(", "))
    }
}

impl Audience {
    /// Nobody yet.
    #[must_use]
    pub(crate) fn nobody() -> Self {
        Self::Invited { groups: Vec::new(), operators: Vec::new() }
    }

    /// Whether it is everybody.
    #[must_use]
    pub(crate) fn is_open(&self) -> bool {
        *self == Self::Open
    }

    /// The groups that are named.
    #[must_use]
    pub(crate) fn groups(&self) -> &[GroupId] {
        match self {
            Self::Open => &[],
            Self::Invited { groups, .. } => groups,
        }
    }

    /// The operators who are named.
    #[must_use]
    pub(crate) fn operators(&self) -> &[UserId] {
        match self {
            Self::Open => &[],
            Self::Invited { operators, .. } => operators,
        }
    }
}
