//! The contract's face of notify: thin, everything else is in `app`.

mod convert;
mod mails;
mod own_data;
mod phones;
mod service;
mod webhooks;

pub(crate) use mails::Mails;
pub(crate) use phones::Phones;
pub(crate) use service::Notifications;
pub(crate) use webhooks::Webhooks;
