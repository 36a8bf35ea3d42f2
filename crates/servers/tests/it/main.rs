//! The servers, really started, stopped and killed.

mod mail;
mod nats;
mod postgres;
mod processes;
mod s3;
