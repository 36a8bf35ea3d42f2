//! What a user may be.

use std::collections::BTreeSet;

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_proto::r#type::v1::Role;
use serde::Deserialize;

/// One role or more, ascending, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roles(BTreeSet<Role>);

/// A role that configuration may open to the public. The administrator's is none: administrators are made by
/// administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PublicRole {
    /// Submits tasks.
    Client,
    /// Labels images.
    Operator,
}

impl From<PublicRole> for Role {
    fn from(role: PublicRole) -> Self {
        match role {
            PublicRole::Client => Self::Client,
            PublicRole::Operator => Self::Operator,
        }
    }
}

impl Roles {
    /// The roles of these numbers, as they stand on the wire and in the table.
    pub(crate) fn parse(numbers: impl IntoIterator<Item = i32>) -> Result<Self> {
        let known = |number| Role::try_from(number).ok().filter(|role| *role != Role::Unspecified);
        let roles: Option<BTreeSet<_>> = numbers.into_iter().map(known).collect();
        match roles {
            Some(roles) if !roles.is_empty() => Ok(Self(roles)),
            Some(_) => Err(Error::invalid("roles", "must have at least one role")),
            None => Err(Error::invalid("roles", "must be roles of the contract")),
        }
    }

    /// Whether whoever has them administers.
    pub(crate) fn administer(&self) -> bool {
        self.0.contains(&Role::Administrator)
    }

    /// The one role of whoever administers.
    pub(crate) fn administrator() -> Self {
        Self(BTreeSet::from([Role::Administrator]))
    }

    /// Refuses a sign-up with a role that is not open to the public.
    pub(crate) fn open_to_the_public(&self, open: &[PublicRole]) -> Result<()> {
        match self.0.iter().find(|role| !open.iter().any(|open| Role::from(*open) == **role)) {
            None => Ok(()),
            Some(role) => Err(Error::new(
                Reason::RoleNotOpen,
                format!("signing up as {} is not open to the public", name_of(*role)),
            )),
        }
    }

    /// Their names, for whoever reads.
    pub(crate) fn names(&self) -> String {
        self.0.iter().map(|role| name_of(*role)).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn to_wire(&self) -> Vec<i32> {
        self.0.iter().map(|role| i32::from(*role)).collect()
    }

    /// As they are stored.
    pub(crate) fn to_row(&self) -> Vec<i16> {
        self.0.iter().map(|role| *role as i16).collect()
    }
}

fn name_of(role: Role) -> String {
    role.as_str_name().trim_start_matches("ROLE_").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ascending_and_each_once() {
        let roles = Roles::parse([2, 1, 2]).expect("two roles");
        assert_eq!(roles.to_wire(), [1, 2]);
        assert!(Roles::parse([]).is_err());
        assert!(Roles::parse([0]).is_err());
        assert!(Roles::parse([99]).is_err());
    }

    #[test]
    fn signing_up_takes_open_roles_only() {
        let both = Roles::parse([1, 2]).expect("two roles");
        assert!(both.open_to_the_public(&[PublicRole::Client, PublicRole::Operator]).is_ok());
        let refused = both.open_to_the_public(&[PublicRole::Client]).expect_err("operators are not open");
        assert_eq!(refused.reason(), Reason::RoleNotOpen);
        let every = [PublicRole::Client, PublicRole::Operator];
        assert!(Roles::administrator().open_to_the_public(&every).is_err());
    }
}
