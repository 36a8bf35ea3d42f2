//! All SQL of users.

pub(crate) mod confirmations;
pub(crate) mod credentials;
pub(crate) mod deletions;
pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod own_data;
pub(crate) mod users;
