//! The servers, really started, stopped and killed.

mod nats;
mod postgres;
mod processes;
