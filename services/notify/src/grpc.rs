//! The contract's face of notify: thin, everything else is in `app`.

mod convert;
mod service;
mod webhooks;

pub(crate) use service::Notifications;
pub(crate) use webhooks::Webhooks;
