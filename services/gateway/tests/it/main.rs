//! The gateway in front of services of the test's own.

mod gateway;
mod grpc;
mod rates;
mod rest;
mod services;
mod streams;
mod tokens;
mod under_attack;
mod uploads;
