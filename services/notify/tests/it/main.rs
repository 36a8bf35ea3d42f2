//! The notify service against real PostgreSQL, NATS, SMTP and HTTP.

mod asked;
mod consuming;
mod delivering;
mod forgetting;
mod in_app;
mod listing;
mod own_data;
mod receiver;
mod sharing;
mod signing_in;
mod support;
mod texting;
mod webhook_refusals;
mod webhooks;
mod webhooks_in_trouble;
