//! What this service hears from the others, and tells them.

pub(crate) mod heard;
pub(crate) mod published;
