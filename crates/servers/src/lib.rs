#![doc = include_str!("../README.md")]

mod account;
mod chromium;
mod error;
mod hosted;
mod http;
mod mail;
mod nats;
mod ports;
mod postgres;
mod process;
mod program;
mod s3;
mod scratch;
mod secret;
mod tools;

pub use chromium::{Chromium, chromium};
pub use error::Error;
pub use http::http_client;
pub use mail::{Mail, Message, Mood};
pub use nats::Nats;
pub use ports::free_port;
pub use postgres::{Durability, Postgres, back_up as back_up_postgres, restore as restore_postgres};
pub use program::Program;
pub use s3::{Keys, S3, serve as serve_s3};
pub use tools::Tools;
