//! Who calls, and how far a permission reaches.

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::{SessionId, UserId};

use crate::Role;

/// Who makes a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Nobody has signed in.
    Anonymous,
    /// A user, through whichever services.
    User(User),
    /// A service of this name, on its own behalf.
    Service(String),
}

/// A user who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user's id.
    pub user_id: UserId,
    /// The session through which the user calls; none where it is with an API key.
    pub session_id: Option<SessionId>,
    /// What the user may be.
    pub roles: Vec<Role>,
    /// Whether the user's e-mail address counts: where it has to be confirmed, whether it is.
    pub confirmed: bool,
}

impl Principal {
    /// The user, where it is one.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Anonymous | Self::Service(_) => None,
        }
    }

    /// The [`key`](Self::key) of a user.
    #[must_use]
    pub fn key_of(user: UserId) -> String {
        format!("user:{user}")
    }

    /// A text that is the same for the same principal and for no other: what request ids, page tokens and logs are kept
    /// by.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::User(user) => Self::key_of(user.user_id),
            Self::Service(name) => format!("service:{name}"),
        }
    }
}

/// How far a permission reaches: the proof that a use case takes and hands on to the store, which filters by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nothing that belongs to anybody: no user has signed in.
    Public,
    /// What belongs to this user; anything else does not exist.
    Own(UserId),
    /// Everything.
    All,
}

/// The proof that a permission reaches everything: what can't be narrowed to somebody's own takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Everything(());

impl Reach {
    /// The user whose things are reached; none for [`Reach::All`] and [`Reach::Public`].
    #[must_use]
    pub fn owner(self) -> Option<UserId> {
        match self {
            Self::Own(user_id) => Some(user_id),
            Self::Public | Self::All => None,
        }
    }

    /// The proof that everything is reached.
    ///
    /// # Errors
    ///
    /// `NOT_ALLOWED` where it is not.
    pub fn everything(self) -> Result<Everything> {
        if self == Self::All {
            Ok(Everything(()))
        } else {
            Err(Error::new(Reason::NotAllowed, "not allowed to call this"))
        }
    }

    /// Whether what belongs to `owner` is reached.
    #[must_use]
    pub fn covers(self, owner: UserId) -> bool {
        match self {
            Self::Public => false,
            Self::Own(user_id) => user_id == owner,
            Self::All => true,
        }
    }
}
