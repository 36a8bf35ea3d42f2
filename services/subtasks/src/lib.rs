#![doc = include_str!("../README.md")]

pub mod app;
mod config;
pub mod domain;
mod events;
mod grpc;
mod keys;
mod start;
pub mod store;

pub use config::{Config, Leases, Redeciding};
pub use keys::keys;
pub use start::{migrate, start};
