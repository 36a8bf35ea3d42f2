//! All SQL of users.

pub(crate) mod credentials;
pub(crate) mod groups;
pub(crate) mod invitations;
pub(crate) mod users;
