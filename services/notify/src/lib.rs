#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod smtp;
mod start;
mod store;
mod users;

pub use config::{Config, Delivery, Encryption, Smtp, Webhooks};
pub use start::{migrate, start};
