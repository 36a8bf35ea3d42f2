//! Auth.
mod domain;
mod store;
