//! A user.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;

use super::{Email, Roles};

/// A person who uses Labelmesh.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) profile: Profile,
    /// Counts the changes, from 1.
    pub(crate) version: u64,
    pub(crate) created_at: DateTime<Utc>,
}

/// What is said about a user when they are created.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) email: Email,
    pub(crate) name: PersonName,
    pub(crate) surname: PersonName,
    pub(crate) roles: Roles,
}

/// How the address and the names of a user begin, in any case; what is empty fits anybody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beginnings {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) surname: String,
}

/// A given or family name; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PersonName(String);

impl PersonName {
    /// A name without surrounding space. Control characters are refused: names are put into mails.
    pub(crate) fn parse(field: &str, text: &str) -> Result<Self> {
        if text.contains(char::is_control) {
            return Err(Error::invalid(field, "must not contain control characters"));
        }
        Ok(Self(text.trim().to_owned()))
    }

    /// A name that was parsed before it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_bears_no_control_characters() {
        assert_eq!(PersonName::parse("name", "  Ada ").expect("a name").as_str(), "Ada");
        assert!(PersonName::parse("name", "Ada\r\nBcc: all@example.com").is_err());
        assert!(PersonName::parse("name", "").is_ok());
    }
}
