//! The contract's face of auth: thin, everything else is in `app`.

mod convert;
mod service;

pub(crate) use service::Auth;
