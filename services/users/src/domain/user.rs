//! A user.

use chrono::{DateTime, Utc};
use labelmesh_email::Email;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::UserId;

use super::Roles;

/// A person who uses Labelmesh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) profile: Profile,
    /// Since when the user is blocked; none where they are not.
    pub(crate) blocked_at: Option<DateTime<Utc>>,
    /// Counts the changes, from 1.
    pub(crate) version: u64,
    pub(crate) created_at: DateTime<Utc>,
}

impl User {
    /// Names this state of the user.
    pub(crate) fn etag(&self) -> String {
        self.version.to_string()
    }

    /// Lets a change pass that was made for this state of the user, or for any.
    ///
    /// # Errors
    /// ETAG_MISMATCH.
    pub(crate) fn admit(&self, etag: &str) -> Result<()> {
        if etag.is_empty() || etag == self.etag() {
            return Ok(());
        }
        Err(Error::new(Reason::EtagMismatch, "the user was changed meanwhile: get it again"))
    }

    /// Whether the user can administer.
    pub(crate) fn administers(&self) -> bool {
        self.blocked_at.is_none() && self.profile.roles.administer()
    }

    /// The user with other words about them.
    ///
    /// # Errors
    /// NOT_ALLOWED where roles would change and `may_grant` is false.
    pub(crate) fn patched(&self, patch: &Patch, may_grant: bool) -> Result<Self> {
        let Patch { email, name, surname, roles } = patch;
        let old = &self.profile;
        let profile = Profile {
            email: email.as_ref().unwrap_or(&old.email).clone(),
            name: name.as_ref().unwrap_or(&old.name).clone(),
            surname: surname.as_ref().unwrap_or(&old.surname).clone(),
            roles: roles.as_ref().unwrap_or(&old.roles).clone(),
        };
        if profile.roles != old.roles && !may_grant {
            return Err(Error::new(Reason::NotAllowed, "roles are granted and withdrawn by administrators alone"));
        }
        Ok(Self { profile, ..self.clone() })
    }

    /// The user blocked from now on, or as long as before; or not blocked any more.
    pub(crate) fn blocked(&self, blocked: bool, now: DateTime<Utc>) -> Self {
        let blocked_at = blocked.then(|| self.blocked_at.unwrap_or(now));
        Self { blocked_at, ..self.clone() }
    }
}

/// What to change of a profile; none stays as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patch {
    pub(crate) email: Option<Email>,
    pub(crate) name: Option<PersonName>,
    pub(crate) surname: Option<PersonName>,
    pub(crate) roles: Option<Roles>,
}

impl From<Profile> for Patch {
    /// The whole profile.
    fn from(profile: Profile) -> Self {
        let Profile { email, name, surname, roles } = profile;
        Self { email: Some(email), name: Some(name), surname: Some(surname), roles: Some(roles) }
    }
}

/// What is said about a user when they are created.
#[derive(Debug, Clone, PartialEq, Eq)]
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

    fn ada() -> User {
        let profile = Profile {
            email: Email::spelled("ada@example.com"),
            name: PersonName("Ada".into()),
            surname: PersonName("Lovelace".into()),
            roles: Roles::parse([1, 3]).expect("two roles"),
        };
        let (id, created_at) = (UserId::new(DateTime::UNIX_EPOCH, [1; 10]), DateTime::UNIX_EPOCH);
        User { id, profile, blocked_at: None, version: 4, created_at }
    }

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let (ada, name) = (ada(), PersonName::default());
        let patched = ada.patched(&Patch { name: Some(name.clone()), ..Patch::default() }, false).expect("no role");
        assert_eq!(patched.profile, Profile { name, ..ada.profile.clone() });
        assert_eq!(ada.patched(&Patch::default(), false).expect("nothing"), ada);
    }

    #[test]
    fn roles_are_changed_by_who_may_grant_them() {
        let (ada, patch) = (ada(), Patch { roles: Roles::parse([1]).ok(), ..Patch::default() });
        assert_eq!(ada.patched(&patch, false).expect_err("withdrawn").reason(), Reason::NotAllowed);
        assert!(!ada.patched(&patch, true).expect("withdrawn").administers());
        // The same roles again are no change.
        assert!(ada.patched(&ada.profile.clone().into(), false).is_ok());
    }

    #[test]
    fn who_is_blocked_does_not_administer_and_is_so_since_the_first_time() {
        let (ada, later) = (ada(), DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(1));
        let blocked = ada.blocked(true, DateTime::UNIX_EPOCH);
        assert!(ada.administers() && !blocked.administers());
        assert_eq!(blocked.blocked(true, later), blocked);
        assert_eq!(blocked.blocked(false, later), ada);
    }

    #[test]
    fn an_etag_fits_one_state() {
        assert!(ada().admit("").is_ok() && ada().admit(&ada().etag()).is_ok());
        let changed = User { version: 5, ..ada() };
        assert_eq!(changed.admit(&ada().etag()).expect_err("changed").reason(), Reason::EtagMismatch);
    }

    #[test]
    fn a_name_bears_no_control_characters() {
        assert_eq!(PersonName::parse("name", "  Ada ").expect("a name").as_str(), "Ada");
        assert!(PersonName::parse("name", "Ada\r\nBcc: all@example.com").is_err());
        assert!(PersonName::parse("name", "").is_ok());
    }
}
