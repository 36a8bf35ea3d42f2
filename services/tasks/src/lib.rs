//! tasks

pub mod domain;
pub mod store;
