//! What this service tells its workers and hears from them, and what it hears from the others.

pub(crate) mod heard;
pub(crate) mod published;
