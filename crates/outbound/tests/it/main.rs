//! Calls to a real server on this machine.

mod egress;
mod get;
mod guard;
mod support;
