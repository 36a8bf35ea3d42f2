//! labelmesh notify, being wired.
#![expect(dead_code, reason = "being wired")]
mod app;
pub mod config;
mod contacts;
mod domain;
mod events;
mod grpc;
mod smtp;
mod store;
mod worker;
