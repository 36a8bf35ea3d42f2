#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod keys;
mod notify;
mod start;
mod store;
mod users;

pub use config::{Attempts, Config, Resets, Sessions, SigningKeys};
pub use keys::keys;
pub use start::{migrate, start, start_with};
