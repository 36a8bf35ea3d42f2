//! What the gateway hears from the others. It tells them nothing.

pub(crate) mod heard;
