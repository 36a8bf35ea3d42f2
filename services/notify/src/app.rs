//! The use cases, one a file.

mod deliver_mail;
mod forget_tasks;
mod inbox;
mod judge_sign_in;
mod list_notifications;
mod post_message;
mod post_messages;
mod record_notices;
mod send_mails;
mod webhooks;

use std::sync::Arc;

use labelmesh_clock::{Clock, Random};
use labelmesh_events::Bus;
use labelmesh_outbound::Outbound;
use labelmesh_seal::{PageTokens, Sealer};
use sqlx::PgPool;
use tokio::sync::Notify;

pub(crate) use deliver_mail::{Sending, deliver_mail};
pub(crate) use forget_tasks::forget_tasks;
pub(crate) use inbox::{ListState, count_unread, mark_read, preferences, update_preferences, watch_notifications};
pub(crate) use list_notifications::list_notifications;
pub(crate) use post_message::post_message;
pub(crate) use post_messages::keep_posting;
pub(crate) use record_notices::record_notices;
pub(crate) use send_mails::keep_sending;
pub(crate) use webhooks::{
    create_webhook, delete_webhook, forget_deliveries, list_deliveries, list_webhooks, redeliver,
    rotate_webhook_secret, test_webhook, update_webhook,
};

use crate::{
    domain::{DeliveryRules, PostingRules},
    smtp::Sender,
    users::Users,
};

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
    /// The way out to webhooks.
    pub(crate) outbound: Outbound,
    pub(crate) posting_rules: PostingRules,
    /// Seals the secrets of webhooks.
    pub(crate) sealer: Sealer,
    /// Where people reach the gateway, for links.
    pub(crate) public_url: String,
    /// Wakes the worker that sends mails, in this process.
    pub(crate) sending: Arc<Notify>,
    /// Wakes the worker that posts to webhooks, in this process.
    pub(crate) posting: Arc<Notify>,
}
