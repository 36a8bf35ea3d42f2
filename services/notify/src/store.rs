//! All SQL.

pub(crate) mod deliveries;
pub(crate) mod notifications;
