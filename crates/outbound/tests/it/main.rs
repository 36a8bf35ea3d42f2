//! Calls to a real server on this machine.

mod get;
mod guard;
mod support;
