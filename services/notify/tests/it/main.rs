//! The notify service against real PostgreSQL, NATS, SMTP and HTTP.

mod consuming;
mod delivering;
mod in_app;
mod listing;
mod receiver;
mod sharing;
mod signing_in;
mod support;
mod webhook_refusals;
mod webhooks;
mod webhooks_in_trouble;
