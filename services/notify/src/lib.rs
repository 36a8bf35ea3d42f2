#![doc = include_str!("../README.md")]

mod app;
mod config;
mod contacts;
mod domain;
mod events;
mod grpc;
mod smtp;
mod start;
mod store;
mod worker;

pub use config::{Config, Delivery, Encryption, Smtp};
pub use start::{migrate, start};
