#![doc = include_str!("../README.md")]

mod app;
mod config;
mod domain;
mod events;
mod grpc;
mod run;
mod start;
mod store;
mod tasks;
mod worker;

pub use config::{AskedPages, Config, Deadlines, Pages, Pictures, Quotas, Turns, WorkerConfig};
pub use domain::{Kind, NotAKind};
pub use run::run;
pub use start::{migrate, start};
pub use worker::start as start_worker;
