#![doc = include_str!("../README.md")]

mod attempt;
mod balance;
mod breaker;
mod budget;
mod call;
mod credentials;
mod observe;
mod peer;
mod status;
mod stream;

pub use peer::{Options, Peer, PeerService};
