#![doc = include_str!("../README.md")]

pub mod app;
mod config;
pub mod domain;
mod events;
mod grpc;
mod start;
pub mod store;

pub use config::{Config, Leases, Redeciding};
pub use start::{migrate, start};
