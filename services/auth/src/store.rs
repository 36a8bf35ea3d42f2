//! All SQL of auth.

pub(crate) mod accounts;
pub(crate) mod api_keys;
pub(crate) mod attempts;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
