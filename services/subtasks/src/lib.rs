#![doc = include_str!("../README.md")]

pub mod app;
mod config;
pub mod domain;
pub mod events;
pub mod grpc;
mod start;
pub mod store;
mod worker;

pub use config::{Config, Leases, Redeciding};
pub use start::{migrate, start};
