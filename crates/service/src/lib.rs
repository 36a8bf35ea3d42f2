#![doc = include_str!("../README.md")]

mod admin;
mod basics;
pub mod config;
mod dead_letters;
mod health;
mod keys;
mod metrics;
pub mod panics;
mod readiness;
mod run;
mod service;
pub mod telemetry;

pub use basics::{Basics, Drain, Identity};
pub use keys::no_keys;
pub use run::{Surroundings, no_migration, run, run_main};
pub use service::{Handle, Service};
pub use tokio_util::sync::CancellationToken;
