//! All SQL of users.

pub(crate) mod credentials;
pub(crate) mod users;
