//! tasks

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod store;
