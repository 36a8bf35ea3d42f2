//! The contract's face of subtasks: thin, everything else is in `app`.

mod convert;
mod import;
mod own_data;
mod service;

pub(crate) use service::Subtasks;
