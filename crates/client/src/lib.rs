#![doc = include_str!("../README.md")]

mod alive;
mod balance;
mod breaker;
mod bulkhead;
mod call;
mod config;
mod connect;
mod connection;
mod credentials;
mod deadline;
mod endpoint;
mod failure;
mod hold;
mod incoming;
mod keep;
mod messages;
mod method;
mod observe;
mod payload;
mod peer;
mod retry;
mod stack;
mod stream;
#[cfg(test)]
mod testing;
mod whole;
mod window;

pub use config::Config;
pub use peer::{Options, Peer, PeerService};
