//! The rules, without IO: no gRPC, no SQL, no clock.

mod assignment;
mod closing;
mod gold;
mod lane;
mod place;
mod shortage;
mod slots;
mod task;
mod voting;

pub use assignment::Assignment;
pub use closing::{ADJUDICATED, Cause, Closed, Closing, GOLD, IMPORTED, Ruling};
pub use gold::{Company, GoldRules, Record, answer};
pub use lane::Lane;
pub use place::{Candidate, GoldDue, Place, Search, Stretch, WINDOW, Window};
pub use shortage::{Shortage, ShortageCause};
pub use slots::Slots;
pub use task::{Spec, TaskState, Terms, stop_rule};
pub use voting::{Cast, Outcome, Refusal, Skip, cast, cast_recorded, skip};
