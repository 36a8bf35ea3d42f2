//! The contract's face of users: thin, everything else is in `app`.

mod convert;
mod service;

pub(crate) use service::Users;
