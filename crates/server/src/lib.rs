#![doc = include_str!("../README.md")]

mod caller;
mod deadline;
mod draining;
pub mod files;
mod identity;
mod known;
mod lines;
pub mod listen;
mod middleware;
mod observe;
mod panic;
mod shares;
mod shed;
mod size;
mod stack;
mod status;
mod trace;

pub use caller::{Caller, caller};
pub use draining::Draining;
pub use lines::Lines;
pub use shares::{Share, Shares};
pub use shed::Limits;
pub use stack::{Options, Stack, stack};
pub use trace::continue_trace;
