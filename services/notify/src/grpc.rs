//! The contract's face of notify: thin, everything else is in `app`.

mod convert;
mod service;

pub(crate) use service::Notifications;
