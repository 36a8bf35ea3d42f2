//! The server stack around handlers of the real contract, called through real clients.

mod deadlines;
mod fake;
mod identity;
mod limits;
mod listen;
mod measured;
mod panics;
mod slow_readers;
