#![doc = include_str!("../README.md")]

mod decision;
mod plurality;
mod stop;
mod vote;

pub use decision::{Count, Decision};
pub use plurality::{PLURALITY, plurality};
pub use stop::{StopRule, UnfitStopRule, Verdict};
pub use vote::{Label, Operator, Vote};
