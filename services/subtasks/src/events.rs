//! What this service tells the others, and what it hears from them.

pub(crate) mod heard;
pub(crate) mod published;
