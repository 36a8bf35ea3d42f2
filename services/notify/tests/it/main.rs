//! The notify service against real PostgreSQL, NATS and SMTP.

mod consuming;
mod delivering;
mod listing;
mod sharing;
mod signing_in;
mod support;
