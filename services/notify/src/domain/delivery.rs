//! When mails are sent, and when sent again.

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
