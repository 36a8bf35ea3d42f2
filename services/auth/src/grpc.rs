//! The contract's face of auth: thin, everything else is in `app`.

mod audit;
mod convert;
mod own_data;
mod service;

pub(crate) use audit::Audit;
pub(crate) use service::Auth;
