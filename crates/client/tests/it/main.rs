//! The client stack against real servers of the real contract.

mod calls;
mod endpoints;
mod fake;
mod limits;
mod trace;
mod tries;
