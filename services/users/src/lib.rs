#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod start;
mod store;

pub use config::{Config, Seed, SignUp};
pub use domain::PublicRole;
pub use start::{migrate, start};
