//! What the service does, one use case a file.

pub(crate) mod deliver_mail;
pub(crate) mod list_notifications;
pub(crate) mod record_notice;
