#![doc = include_str!("../README.md")]

mod address;
mod assemble;
mod call;
mod codec;
mod config;
mod edge;
mod grpc;
mod lifeline;
mod measure;
mod observe;
mod rest;
mod revocation;
mod start;
mod tokens;
mod upstream;

pub use address::{Network, NotANetwork};
pub use config::{Config, Cors, Tokens};
pub use start::start;
