//! The use cases, one a file.

mod deliver_mail;
mod list_notifications;
mod record_notices;
mod send_mails;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Bus;
use labelmesh_seal::PageTokens;
use sqlx::PgPool;
use tokio::sync::Notify;

pub(crate) use deliver_mail::{Sending, deliver_mail};
pub(crate) use list_notifications::{Page, list_notifications};
pub(crate) use record_notices::record_notices;
pub(crate) use send_mails::keep_sending;

use crate::{domain::Backoff, smtp::Sender, users::Users};

/// What the use cases work with. Clones share everything.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) bus: Bus,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) users: Users,
    pub(crate) sender: Sender,
    pub(crate) rules: DeliveryRules,
    /// Where people reach the gateway, for links.
    pub(crate) public_url: String,
    /// Wakes the worker that sends mails, in this process.
    pub(crate) sending: Arc<Notify>,
}

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
