#![doc = include_str!("../README.md")]

pub mod accounts;
mod addresses;
pub mod backup;
mod cluster;
mod databases;
mod environment;
mod folder;
mod keys;
mod replica;
mod services;
mod settings;
mod tokens;
mod workers;

pub use cluster::Cluster;
pub use keys::Keys;
pub use labelmesh_servers::Durability;
pub use services::Service;
pub use settings::Settings;
pub use tokens::{exchange, signer};
