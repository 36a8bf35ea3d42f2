#![doc = include_str!("../README.md")]

pub mod accounts;
mod addresses;
mod autoscaler;
pub mod backup;
mod cluster;
mod databases;
mod environment;
mod folder;
mod keys;
mod replica;
mod replicas;
mod services;
mod settings;
mod tokens;
mod workers;

pub use autoscaler::{Autoscaler, Meter, Rule, Usage};
pub use cluster::Cluster;
pub use keys::Keys;
pub use labelmesh_servers::Durability;
pub use services::Service;
pub use settings::Settings;
pub use tokens::{exchange, signer};
