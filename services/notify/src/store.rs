//! All SQL.

pub(crate) mod deletions;
pub(crate) mod deliveries;
pub(crate) mod notifications;
pub(crate) mod sign_ins;
