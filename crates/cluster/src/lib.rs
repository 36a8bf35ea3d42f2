#![doc = include_str!("../README.md")]

mod cluster;
mod databases;
mod environment;
mod folder;
mod keys;
mod replica;
mod services;

pub use cluster::{ADMINISTRATOR, Cluster, Settings};
pub use keys::Keys;
pub use labelmesh_servers::Durability;
pub use services::Service;
