#![doc = include_str!("../README.md")]

mod attempt;
mod balance;
mod breaker;
mod budget;
mod call;
mod config;
mod credentials;
mod messages;
mod observe;
mod peer;
mod status;
mod stream;

pub use config::Config;
pub use peer::{Options, Peer, PeerService};
