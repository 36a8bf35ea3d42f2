#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod start;
mod store;
mod users;

pub use config::{Attempts, Config, Sessions, SigningKeys};
pub use start::{migrate, start, start_with};
