#![doc = include_str!("../README.md")]

mod acting;
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

pub use acting::Acting;
pub use caller::{Caller, act, caller};
pub use draining::Draining;
pub use lines::Lines;
pub use observe::{Act, SECURITY, log_refusal};
pub use shares::{Share, Shares};
pub use shed::Limits;
pub use stack::{Options, Stack, stack};
pub use trace::continue_trace;
