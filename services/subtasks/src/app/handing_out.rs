//! Images on their way to operators and back: leases are given, extended, given back and run out.

pub mod exclude;
pub mod extend;
pub mod image;
pub mod lapse;
pub mod lease;
pub mod leave;
mod pass;
pub mod pause;
pub mod release;
pub mod resume;
pub mod skip;
