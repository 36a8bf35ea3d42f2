//! Users.
mod domain;
mod store;
