//! The use cases, one a file.

mod deliver_mail;
mod forget_tasks;
mod judge_sign_in;
mod list_notifications;
mod record_notices;
mod send_mails;

use std::sync::Arc;

use labelmesh_clock::{Clock, Random};
use labelmesh_events::Bus;
use labelmesh_seal::PageTokens;
use sqlx::PgPool;
use tokio::sync::Notify;

pub(crate) use deliver_mail::{Sending, deliver_mail};
pub(crate) use forget_tasks::forget_tasks;
pub(crate) use list_notifications::list_notifications;
pub(crate) use record_notices::record_notices;
pub(crate) use send_mails::keep_sending;

use crate::{domain::DeliveryRules, smtp::Sender, users::Users};

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
