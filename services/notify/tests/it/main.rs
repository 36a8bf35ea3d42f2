//! The notify service against real PostgreSQL, NATS and SMTP.

mod consuming;
mod delivering;
mod listing;
mod sharing;
mod support;
