#![doc = include_str!("../README.md")]

mod common;
mod hash;
mod hasher;
mod secret;

pub use hash::{Cost, CostOutOfRange, Hash};
pub use hasher::{Config, Hasher, Reservation, Turn};
pub use secret::{Attempt, Password};
