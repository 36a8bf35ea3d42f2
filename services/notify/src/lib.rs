#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod keys;
mod smtp;
mod start;
mod store;
mod text_gateway;
mod users;

pub use config::{Config, Delivery, Encryption, Smtp, Texts, Webhooks};
pub use keys::keys;
pub use start::{migrate, start};
