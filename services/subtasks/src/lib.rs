#![doc = include_str!("../README.md")]

pub mod app;
pub mod domain;
pub mod events;
pub mod grpc;
pub mod store;
