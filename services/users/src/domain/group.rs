//! Groups of operators.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_acts::Facts;
use labelmesh_email::Email;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::{GroupId, InvitationId, UserId};
use sha2::{Digest as _, Sha256};

/// For how long an invitation to an address counts.
pub(crate) const EMAIL_VALID: TimeDelta = TimeDelta::days(30);
/// For how many hours a code counts where nobody says.
const CODE_HOURS: u32 = 168;

/// A group of operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) owner: UserId,
    pub(crate) name: GroupName,
    pub(crate) members: u64,
    pub(crate) created_at: DateTime<Utc>,
}

impl Facts for Group {
    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![("owner", self.owner.to_string()), ("name", self.name.as_str().to_owned())]
    }
}

/// What a group is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupName(String);

impl GroupName {
    /// A name without surrounding space; lengths and control characters have been checked by the contract's rules.
    ///
    /// # Errors
    /// FIELD_INVALID where nothing is left.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        match text.trim() {
            "" => Err(Error::invalid("name", "must not be blank")),
            name => Ok(Self(name.to_owned())),
        }
    }

    /// A name that was parsed before it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whom to add to a group.
#[derive(Debug, Clone)]
pub(crate) enum NewMember {
    /// Whoever has this address, now or later: they are invited.
    Email(Email),
    /// A user.
    User(UserId),
}

/// A member, as the group's owner sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    pub(crate) name: String,
    pub(crate) surname: String,
    pub(crate) invited_as: String,
    pub(crate) since: DateTime<Utc>,
}

/// That somebody is a member of a group, or is none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) group: GroupId,
    pub(crate) owner: UserId,
    pub(crate) user: UserId,
    pub(crate) version: u64,
    pub(crate) member: bool,
}

/// A membership, as the member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) group: GroupId,
    pub(crate) name: String,
    pub(crate) since: DateTime<Utc>,
}

/// An invitation that can still be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) id: InvitationId,
    pub(crate) group: GroupId,
    /// The address that is invited; none where there is a code.
    pub(crate) email: Option<String>,
    pub(crate) uses_left: u32,
    pub(crate) expires_at: DateTime<Utc>,
}

/// An invitation, as whoever is invited sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) id: InvitationId,
    pub(crate) group_name: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// What somebody accepts.
#[derive(Debug, Clone)]
pub(crate) enum Accepted {
    /// A code that they were given.
    Code(Code),
    /// An invitation to their address.
    Invitation(InvitationId),
}

/// A code by which operators can join: 256 bits by chance, so that a plain digest of it is enough.
#[derive(Clone)]
pub(crate) struct Code(String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code")
    }
}

impl Code {
    /// A new code.
    pub(crate) fn new(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// A code as somebody has typed it.
    pub(crate) fn typed(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The code, to be shown once.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

/// How many may join by a code, and for how long; 0 leaves either to us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) uses: u32,
    pub(crate) hours: u32,
}

impl Terms {
    pub(crate) fn uses(self) -> u32 {
        self.uses.max(1)
    }

    pub(crate) fn until(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let hours = if self.hours == 0 { CODE_HOURS } else { self.hours };
        now + TimeDelta::hours(hours.into())
    }
}

/// What there may be a bounded number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Groups of one owner.
    Groups,
    /// Members of one group.
    Members,
    /// Invitations to one group.
    Invitations,
    /// Groups that one operator is in: each is looked at by every lease.
    Memberships,
}

impl Bound {
    /// How many there may be.
    fn limit(self) -> u64 {
        match self {
            Self::Groups | Self::Invitations => 1_000,
            Self::Members => 5_000,
            Self::Memberships => 50,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Groups => "groups",
            Self::Members => "members",
            Self::Invitations => "invitations",
            Self::Memberships => "memberships",
        }
    }

    /// Whether there is room for one more.
    ///
    /// # Errors
    /// QUOTA_USED_UP.
    pub(crate) fn check(self, used: u64) -> Result<()> {
        let (name, limit) = (self.name(), self.limit());
        if used < limit {
            return Ok(());
        }
        let sentence = format!("the quota of {name} has no room for 1 more: {used} of {limit} are used");
        let error = Error::new(Reason::QuotaUsedUp, sentence);
        Err(error.fact("quota", name).fact("limit", limit).fact("used", used).fact("wanted", 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word_at_least() {
        assert_eq!(GroupName::parse(" Night shift ").expect("a name").as_str(), "Night shift");
        assert!(GroupName::parse(" \u{a0}").is_err());
    }

    #[test]
    fn a_code_is_known_again_by_its_digest_alone() {
        let code = Code::new([7; 32]);
        assert_eq!(code.digest(), Code::typed(&format!(" {}\n", code.reveal())).digest());
        assert_ne!(code.digest(), Code::new([8; 32]).digest());
        assert_eq!(format!("{code:?}"), "Code");
    }

    #[test]
    fn what_is_full_says_how_much_there_may_be() {
        assert!(Bound::Memberships.check(49).is_ok());
        assert_eq!(Bound::Memberships.check(50).expect_err("full").reason(), Reason::QuotaUsedUp);
    }

    #[test]
    fn a_code_counts_for_a_week_unless_told_otherwise() {
        let (now, terms) = (DateTime::UNIX_EPOCH, |hours| Terms { uses: 0, hours });
        assert_eq!((terms(0).uses(), terms(0).until(now) - now), (1, TimeDelta::days(7)));
        assert_eq!(terms(2).until(now) - now, TimeDelta::hours(2));
    }
}
