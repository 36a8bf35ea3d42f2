#![doc = include_str!("../README.md")]

mod child;
mod scratch;

pub use nix::sys::signal::Signal;

pub use self::{
    child::{end_group, end_with_us, spawn},
    scratch::Scratch,
};
