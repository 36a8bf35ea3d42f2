//! Events: messages that a service publishes.

use std::time::Duration;

pub use crate::events::SUBJECTS;

/// A message that its service publishes.
pub trait Event: prost::Message + Default {
    /// The subject below the configured prefix, such as `tasks.opened`: the owning service, then what happened.
    const SUBJECT: &'static str;
    /// How long it may be kept, where it must not live as long as other events.
    const KEPT: Option<Duration> = None;
}
