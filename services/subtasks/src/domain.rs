//! The rules, without IO: no gRPC, no SQL, no clock.

mod assignment;
mod audience;
mod closing;
mod cursor;
mod gold;
mod hold;
mod lane;
mod qualification;
mod refusal;
mod shortage;
mod skip_reason;
mod slots;
mod task;
mod voting;

pub use assignment::Assignment;
pub use audience::Audience;
pub use closing::{ADJUDICATED, Cause, Closed, Closing, GOLD, IMPORTED, Ruling};
pub use cursor::{Candidate, Cursor, GoldDue, Hidden, Search, Stretch, WINDOW, Window};
pub use gold::{GoldRecord, GoldRules, OtherAnswers, Ring, answer};
pub use hold::{LeaseTimes, forgiven, places};
pub use lane::Lane;
pub use qualification::{Draw, Pool, Qualification};
pub use refusal::Refusal;
pub use shortage::{Shortage, ShortageCause};
pub use skip_reason::SkipReason;
pub use slots::Slots;
pub use task::{Spec, TaskState, Terms, asked, stop_rule};
pub use voting::{Cast, Outcome, Skip, cast, cast_recorded, skip};
