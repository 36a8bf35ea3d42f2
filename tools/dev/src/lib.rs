#![doc = include_str!("../README.md")]

pub mod accounts;
pub mod demo;
pub mod edge;
mod running;
pub mod serve;
pub mod test;
pub mod token;
pub mod up;
