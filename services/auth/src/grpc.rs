//! The contract's face of auth: thin, everything else is in `app`.

mod service;

pub(crate) use service::Auth;
