//! Services in one process, as they run in production but for their handlers.

mod fake;
mod running;
mod stopping;
