//! The contract's face of tasks: thin, everything else is in `app`.

mod convert;
mod own_data;
mod service;
mod upload;

pub(crate) use service::Tasks;
