#![doc = include_str!("../README.md")]

mod config;
mod migrate;
mod pages;
mod pool;
pub mod requests;
mod tx;

pub use config::Config;
pub use migrate::{MigrateError, is_migrated, migrate};
pub use pages::{few, pages, rows};
pub use pool::{connect, require_protected};
pub use tx::{Tx, begin, run_tx};
