#![doc = include_str!("../README.md")]

mod address;
mod app;
mod call;
mod codec;
mod config;
mod cors;
mod edge;
mod events;
mod grpc;
mod lifeline;
mod measure;
mod observe;
mod rest;
mod start;
mod tokens;
mod upstream;

pub use address::{Network, NotANetwork};
pub use config::{Config, Cors, Tokens};
pub use start::start;
