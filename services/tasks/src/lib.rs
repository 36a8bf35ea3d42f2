#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod start;
mod store;

pub use config::{Config, Images, NewAudience, NewTasks, Quotas};
pub use start::{migrate, start};
