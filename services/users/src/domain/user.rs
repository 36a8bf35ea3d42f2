//! A user.

use chrono::{DateTime, Utc};
use labelmesh_acts::Facts;
use labelmesh_email::Email;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::UserId;

use super::{Confirmed, Roles};

/// A person who uses Labelmesh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) profile: Profile,
    /// Since when the user is blocked; none where they are not.
    pub(crate) blocked_at: Option<DateTime<Utc>>,
    /// Whether the address counts.
    pub(crate) confirmed: Confirmed,
    /// The address that takes its place once it is confirmed.
    pub(crate) pending: Option<Email>,
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

    /// Whether the address is still to be confirmed.
    pub(crate) fn is_unconfirmed(&self) -> bool {
        self.confirmed == Confirmed::No
    }

    /// The address that is to be confirmed, where there is one.
    pub(crate) fn to_confirm(&self) -> Option<&Email> {
        if self.is_unconfirmed() { Some(&self.profile.email) } else { self.pending.as_ref() }
    }

    /// The user after the owner of an address has confirmed it.
    ///
    /// # Errors
    /// LINK_INVALID where it is not what is to be confirmed.
    pub(crate) fn confirming(&self, email: &Email, now: DateTime<Utc>) -> Result<Self> {
        if self.to_confirm() != Some(email) {
            return Err(link_invalid());
        }
        let profile = Profile { email: email.clone(), ..self.profile.clone() };
        Ok(Self { profile, confirmed: Confirmed::At(now), pending: None, ..self.clone() })
    }

    /// The user with other words about them. Where addresses have to be confirmed, another one waits for that; the
    /// present one ends the wait.
    ///
    /// # Errors
    /// NOT_ALLOWED where roles would change and `may_grant` is false.
    pub(crate) fn patched(&self, patch: &Patch, may_grant: bool, confirms: bool) -> Result<Self> {
        let Patch { email, name, surname, roles } = patch;
        let old = &self.profile;
        let (email, pending) = match email {
            None => (&old.email, self.pending.clone()),
            Some(new) if confirms && !self.is_unconfirmed() && *new != old.email => (&old.email, Some(new.clone())),
            Some(new) => (new, None),
        };
        let profile = Profile {
            email: email.clone(),
            name: name.as_ref().unwrap_or(&old.name).clone(),
            surname: surname.as_ref().unwrap_or(&old.surname).clone(),
            roles: roles.as_ref().unwrap_or(&old.roles).clone(),
        };
        if profile.roles != old.roles && !may_grant {
            return Err(Error::new(Reason::NotAllowed, "roles are granted and withdrawn by administrators alone"));
        }
        Ok(Self { profile, pending, ..self.clone() })
    }

    /// The user blocked from now on, or as long as before; or not blocked any more.
    pub(crate) fn blocked(&self, blocked: bool, now: DateTime<Utc>) -> Self {
        let blocked_at = blocked.then(|| self.blocked_at.unwrap_or(now));
        Self { blocked_at, ..self.clone() }
    }
}

impl Facts for User {
    fn facts(&self) -> Vec<(&'static str, String)> {
        let Profile { email, name, surname, roles } = &self.profile;
        let yes = |is: bool| is.then(|| "yes".to_owned());
        let facts = [
            ("email", Some(email.as_str().to_owned())),
            ("pending_email", self.pending.as_ref().map(|email| email.as_str().to_owned())),
            ("confirmed", yes(!self.is_unconfirmed())),
            ("name", Some(name.as_str().to_owned()).filter(|name| !name.is_empty())),
            ("surname", Some(surname.as_str().to_owned()).filter(|surname| !surname.is_empty())),
            ("roles", Some(roles.names())),
            ("blocked", yes(self.blocked_at.is_some())),
        ];
        facts.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
    }
}

/// The refusal of a token that confirms nothing.
pub(crate) fn link_invalid() -> Error {
    let sentence = "the token was used, its time is over, or a newer one was mailed: ask for another one";
    Error::new(Reason::LinkInvalid, sentence)
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
        User { id, profile, blocked_at: None, confirmed: Confirmed::Assumed, pending: None, version: 4, created_at }
    }

    #[test]
    fn a_patch_changes_what_it_names_and_nothing_else() {
        let (ada, name) = (ada(), PersonName::default());
        let patched =
            ada.patched(&Patch { name: Some(name.clone()), ..Patch::default() }, false, true).expect("no role");
        assert_eq!(patched.profile, Profile { name, ..ada.profile.clone() });
        assert_eq!(ada.patched(&Patch::default(), false, true).expect("nothing"), ada);
    }

    #[test]
    fn roles_are_changed_by_who_may_grant_them() {
        let (ada, patch) = (ada(), Patch { roles: Roles::parse([1]).ok(), ..Patch::default() });
        assert_eq!(ada.patched(&patch, false, true).expect_err("withdrawn").reason(), Reason::NotAllowed);
        assert!(!ada.patched(&patch, true, true).expect("withdrawn").administers());
        // The same roles again are no change.
        assert!(ada.patched(&ada.profile.clone().into(), false, true).is_ok());
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
    fn another_address_waits_until_it_is_confirmed_unless_none_has_to_be() {
        let (ada, now) = (ada(), DateTime::UNIX_EPOCH);
        let (old, new, newer) =
            (ada.profile.email.clone(), Email::spelled("ada@new.example"), Email::spelled("ada@newer.example"));
        let patch = |email: &Email| Patch { email: Some(email.clone()), ..Patch::default() };
        let waits = ada.patched(&patch(&new), false, true).expect("patched");
        assert_eq!((&waits.profile.email, waits.to_confirm()), (&old, Some(&new)));
        let renamed = waits.patched(&Patch::default(), false, true).expect("patched");
        assert_eq!(renamed, waits, "what is not named stays");
        assert_eq!(waits.patched(&patch(&newer), false, true).expect("patched").to_confirm(), Some(&newer));
        assert_eq!(waits.patched(&patch(&old), false, true).expect("patched"), ada);
        let moved = waits.confirming(&new, now).expect("hers");
        assert_eq!((&moved.profile.email, moved.to_confirm()), (&new, None));
        assert!(waits.confirming(&old, now).is_err());

        assert_eq!(ada.patched(&patch(&new), false, false).expect("patched").profile.email, new);
        let unconfirmed = User { confirmed: Confirmed::No, ..ada };
        let corrected = unconfirmed.patched(&patch(&new), false, true).expect("patched");
        assert_eq!((&corrected.profile.email, corrected.to_confirm()), (&new, Some(&new)));
    }

    #[test]
    fn an_address_is_confirmed_once_and_by_what_was_mailed_to_it() {
        let (new, now) = (User { confirmed: Confirmed::No, ..ada() }, DateTime::UNIX_EPOCH);
        let (email, other) = (ada().profile.email, Email::spelled("eve@example.com"));
        assert!(new.is_unconfirmed() && new.to_confirm() == Some(&email));
        assert_eq!(new.confirming(&other, now).expect_err("another").reason(), Reason::LinkInvalid);
        let confirmed = new.confirming(&email, now).expect("hers");
        assert!(!confirmed.is_unconfirmed() && confirmed.confirmed == Confirmed::At(now));
        assert_eq!(confirmed.confirming(&email, now).expect_err("again").reason(), Reason::LinkInvalid);
        assert!(!ada().is_unconfirmed());
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
