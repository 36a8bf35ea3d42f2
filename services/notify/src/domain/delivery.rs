//! When mails and webhooks' messages are sent, and when sent again.

use std::time::Duration;

use chrono::TimeDelta;

use super::backoff::Backoff;

/// How mails are delivered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeliveryRules {
    /// How many mails one replica sends at once.
    pub(crate) concurrency: usize,
    /// How long a claim on a mail lasts.
    pub(crate) claim: TimeDelta,
    /// How often due mails are looked for that nobody woke us for.
    pub(crate) sweep: Duration,
    /// The waits of a mail that is put off.
    pub(crate) waits: Backoff,
    /// The pauses of all mails while none can be sent.
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
