#![doc = include_str!("../README.md")]

mod agreement;
mod belief;
mod calibration;
mod crowd;
mod decision;
mod estimate;
pub mod gold;
mod ledger;
mod live;
mod methods;
mod plurality;
mod pool;
mod probabilities;
mod random;
pub mod replay;
pub mod simulate;
mod snapshot;
mod special;
mod stop;
mod table;
mod vote;
mod worth;

pub use agreement::{Agreement, agreement};
pub use calibration::{Bin, Calibration, calibration, log_loss};
pub use decision::{Count, Decision};
pub use estimate::{Estimate, Reliability};
pub use ledger::Ledger;
pub use live::Live;
pub use methods::{Method, UnknownMethod};
pub use plurality::{PLURALITY, plurality};
pub use snapshot::{AUTO, Snapshot, UnreadableSnapshot};
pub use stop::{LEAD, StopRule, UnfitStopRule, Verdict};
pub use table::{Ballot, Size, UnfitBallot, VoteTable};
pub use vote::{Label, Operator, Vote};
pub use worth::{lane, worth};
