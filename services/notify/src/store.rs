//! All SQL.

pub(crate) mod attempts;
pub(crate) mod deletions;
pub(crate) mod deliveries;
pub(crate) mod inbox;
pub(crate) mod notifications;
pub(crate) mod own_data;
pub(crate) mod phones;
pub(crate) mod postings;
pub(crate) mod sign_ins;
pub(crate) mod webhooks;
