//! What this service hears from the others, and the hints by which its replicas wake each other.

pub(crate) mod heard;
pub(crate) mod published;
