#![doc = include_str!("../README.md")]

mod address;
mod answer;
mod app;
mod call;
mod client;
mod codec;
mod config;
mod cors;
mod edge;
mod events;
mod grpc;
mod head;
mod incoming;
mod inert;
mod lifeline;
mod measure;
mod memory;
mod observe;
mod pace;
mod places;
mod platform;
mod rates;
mod rest;
mod shown;
mod start;
mod tokens;
mod upstream;
mod web;

pub use config::{Config, Cors, Limits, Tokens};
pub use start::start;
