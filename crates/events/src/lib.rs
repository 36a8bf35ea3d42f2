#![doc = include_str!("../README.md")]

mod broadcast;
mod bus;
mod config;
mod dead_letters;
mod delivery;
mod direct;
mod expiry;
mod failure;
mod forget;
pub mod inbox;
mod outbox;
mod patience;
mod readiness;
mod relay;
mod signature;
mod stream;
mod trace;
mod watch;
mod work;

pub use broadcast::{Broadcast, Heard};
pub use bus::Bus;
pub use config::{Config, ConfigError, Tls};
pub use dead_letters::{DeadLetter, DeadLetters};
pub use delivery::{Delivery, Reading, Unreadable};
pub use failure::Failure;
pub use labelmesh_proto::event::{Consumer, Event};
pub use outbox::Outbox;
pub use readiness::Readiness;
pub use relay::Relay;
pub use signature::{Disbelief, EventKeys};
pub use trace::Trace;
pub use watch::{State, watch};
pub use work::Work;
