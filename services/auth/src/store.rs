//! All SQL of auth.

pub(crate) mod accounts;
pub(crate) mod acts;
pub(crate) mod api_keys;
pub(crate) mod attempts;
pub(crate) mod own_data;
pub(crate) mod resets;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
