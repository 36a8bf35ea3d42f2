#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod notify;
mod start;
mod store;

pub use config::{Config, Confirmation, Seed, SignUp};
pub use domain::PublicRole;
pub use start::{migrate, start};
