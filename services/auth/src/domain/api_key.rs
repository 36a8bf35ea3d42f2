//! API keys: what programs call with.

use chrono::{DateTime, Months, SecondsFormat, TimeDelta, Utc};
use labelmesh_acts::Facts;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{Role, User};
use labelmesh_ids::{ApiKeyId, UserId};

use super::session::names_of;

/// How far ahead a key may end.
const LONGEST: Months = Months::new(12);
/// How exactly it is known when a key was last used: not each use is written.
const USE_PRECISION: TimeDelta = TimeDelta::minutes(5);
/// How many keys a user may have at once.
pub(crate) const MOST: u64 = 50;

/// A key, as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct ApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) user_id: UserId,
    /// What it is for.
    pub(crate) name: String,
    /// What it was made for; ascending.
    pub(crate) roles: Vec<Role>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    /// When it was last used, to some minutes; none where it never was.
    pub(crate) used_at: Option<DateTime<Utc>>,
}

impl Facts for ApiKey {
    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("user", self.user_id.to_string()),
            ("name", self.name.clone()),
            ("roles", names_of(&self.roles)),
            ("expires_at", self.expires_at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ]
    }
}

/// Whose key it is, as they are now.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) roles: Vec<Role>,
    /// Whether their address counts.
    pub(crate) confirmed: bool,
}

/// What is asked for of a key.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) expires_at: DateTime<Utc>,
}

impl Wanted {
    /// A key for this user.
    ///
    /// # Errors
    /// FIELD_INVALID where it would have a role that the user has not, or would end before now or later than a key may.
    pub(crate) fn made_for(self, id: ApiKeyId, user: &User, now: DateTime<Utc>) -> Result<ApiKey> {
        let Self { name, mut roles, expires_at } = self;
        if !roles.iter().all(|role| user.roles.contains(role)) {
            return Err(Error::invalid("roles", "must be among your own"));
        }
        if expires_at <= now {
            return Err(Error::invalid("expires_at", "must be later than now"));
        }
        if now.checked_add_months(LONGEST).is_none_or(|longest| expires_at > longest) {
            return Err(Error::invalid("expires_at", "must be at most a year from now"));
        }
        roles.sort_unstable();
        Ok(ApiKey { id, user_id: user.user_id, name, roles, created_at: now, expires_at, used_at: None })
    }
}

impl ApiKey {
    /// The user as the other services are to see them: without a session, and with the roles that both the key and the
    /// user have.
    pub(crate) fn user(&self, now: &Holder) -> User {
        let roles = self.roles.iter().copied().filter(|role| now.roles.contains(role)).collect();
        User { user_id: self.user_id, session_id: None, roles, confirmed: now.confirmed }
    }

    /// Whether it has to be written that it is used now.
    pub(crate) fn is_used_anew(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none_or(|used_at| now - used_at >= USE_PRECISION)
    }
}

/// Lets another key pass beside so many.
///
/// # Errors
/// QUOTA_USED_UP.
pub(crate) fn one_more(used: u64) -> Result<()> {
    if used < MOST {
        return Ok(());
    }
    let error =
        Error::new(Reason::QuotaUsedUp, format!("you have {used} API keys of at most {MOST}: revoke one first"));
    Err(error.fact("quota", "api_keys").fact("limit", MOST).fact("used", used).fact("wanted", 1))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn wanted(roles: &[Role], days: i64) -> Result<ApiKey> {
        let user_id = Uuid::from_u128(7).into();
        let user = User { user_id, session_id: None, roles: vec![Role::Client, Role::Operator], confirmed: true };
        let expires_at = DateTime::UNIX_EPOCH + TimeDelta::days(days);
        Wanted { name: "nightly".to_owned(), roles: roles.to_vec(), expires_at }.made_for(
            Uuid::from_u128(8).into(),
            &user,
            DateTime::UNIX_EPOCH,
        )
    }

    #[test]
    fn a_key_has_roles_of_its_maker_and_ends_within_a_year() {
        assert_eq!(wanted(&[Role::Operator, Role::Client], 365).expect("made").roles, [Role::Client, Role::Operator]);
        for refused in [
            wanted(&[Role::Administrator], 1),
            wanted(&[Role::Client, Role::Administrator], 1),
            wanted(&[Role::Client], 0),
            wanted(&[Role::Client], 367),
        ] {
            assert_eq!(refused.expect_err("refused").reason(), Reason::FieldInvalid);
        }
    }

    #[test]
    fn it_has_the_roles_that_its_user_has_too() {
        let key = wanted(&[Role::Client], 1).expect("made");
        let user = |roles: &[Role]| key.user(&Holder { roles: roles.to_vec(), confirmed: true });
        assert_eq!(user(&[Role::Client, Role::Operator]).roles, [Role::Client]);
        assert!(user(&[Role::Operator]).roles.is_empty());
    }
}
