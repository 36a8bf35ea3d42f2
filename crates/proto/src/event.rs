//! Events: messages that a service publishes.

use std::time::Duration;

pub use crate::events::{CONSUMERS, SUBJECTS};

/// A message that its service publishes.
pub trait Event: prost::Message + Default {
    /// The subject below the configured prefix, such as `tasks.opened`: the owning service, then what happened.
    const SUBJECT: &'static str;
    /// How long it may be kept, where it must not live as long as other events.
    const KEPT: Option<Duration> = None;
}

/// Who gets some of a service's events, as the contract declares it. The broker's users are made from the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumer {
    /// Its name: `<service>` or `<service>-<purpose>`.
    pub name: &'static str,
    /// The service that it belongs to.
    pub service: &'static str,
    /// The service whose events they are.
    pub owner: &'static str,
    /// The subjects of the events.
    pub subjects: &'static [&'static str],
    /// Whether the replicas of the service share the events, or each of them hears all.
    pub shared: bool,
}
