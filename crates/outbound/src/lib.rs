#![doc = include_str!("../README.md")]

mod addresses;
mod client;
mod config;
mod egress;
mod get;
mod resolver;

pub use addresses::Addresses;
pub use client::{Answer, Fault, Outbound};
pub use config::Config;
pub use egress::{Egress, Limit, Limits, Refused, Usage};
pub use get::Fetched;
pub use labelmesh_identity::Network;
pub use resolver::{Lookup, SystemLookup};
