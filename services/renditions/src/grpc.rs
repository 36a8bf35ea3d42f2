//! The contract's face of renditions: thin, everything else is in `app`.

mod convert;
mod service;

pub(crate) use service::Renditions;
