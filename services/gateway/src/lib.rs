//! gateway

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
mod tokens;
mod upstream;

pub use address::{Network, NotANetwork};
pub use config::{Config, Cors, Tokens};
