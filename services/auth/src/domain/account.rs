//! An account, as far as users tells of it.

use labelmesh_identity::Role;
use labelmesh_ids::UserId;

/// What users says of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) user_id: UserId,
    /// Of the user: an older one changes nothing.
    pub(crate) version: u64,
    /// Ascending.
    pub(crate) roles: Vec<Role>,
    /// Whether nobody may use it.
    pub(crate) blocked: bool,
    /// Whether its address is still to be confirmed.
    pub(crate) unconfirmed: bool,
}
