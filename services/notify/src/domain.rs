//! What is told to whom and in which words, without IO.

pub(crate) mod backoff;
pub(crate) mod line;
pub(crate) mod mail;
pub(crate) mod notice;
