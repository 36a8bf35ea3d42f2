//! When mails, text messages and webhooks' messages are sent, and when sent again.

use std::time::Duration;

use chrono::TimeDelta;

use super::backoff::Backoff;

/// What a server is given that sends it on. Each medium has a worker of its own, so that none holds up another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    Mail,
    Text,
}

impl Medium {
    /// The name by which metrics and logs tell it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Text => "text",
        }
    }
}

/// How mails are delivered, or text messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeliveryRules {
    /// How many one replica sends at once.
    pub(crate) concurrency: usize,
    /// How long a claim on one lasts.
    pub(crate) claim: TimeDelta,
    /// How often due ones are looked for that nobody woke us for.
    pub(crate) sweep: Duration,
    /// The waits of one that is put off.
    pub(crate) waits: Backoff,
    /// The pauses of all while none can be sent.
    pub(crate) pauses: Backoff,
    pub(crate) give_up_after: TimeDelta,
}

/// How messages are posted to webhooks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PostingRules {
    /// How many messages one replica posts at once.
    pub(crate) concurrency: usize,
    /// How many messages are on their way to one webhook at once, from all replicas.
    pub(crate) per_webhook: i32,
    /// How long a claim on a message lasts.
    pub(crate) claim: TimeDelta,
    /// How often due messages are looked for that nobody woke us for.
    pub(crate) sweep: Duration,
    /// The waits of a message that was not taken.
    pub(crate) waits: Backoff,
    /// The rests of a webhook whose endpoint is ill: none of its messages is tried meanwhile.
    pub(crate) rests: Backoff,
    /// How long a message is tried before it fails, and how long a webhook may take nothing before it is paused.
    pub(crate) give_up_after: TimeDelta,
}
