#![doc = include_str!("../README.md")]

mod account;
mod error;
mod nats;
mod ports;
mod postgres;
mod process;
mod scratch;
mod tools;

pub use error::Error;
pub use nats::Nats;
pub use ports::free_port;
pub use postgres::{Durability, Postgres};
pub use scratch::Scratch;
pub use tools::Tools;
