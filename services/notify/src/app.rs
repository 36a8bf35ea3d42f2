//! The use cases, one a file.

mod deliver;
mod deliver_mail;
mod deliver_text;
mod export_notices;
mod export_webhooks;
mod forget_tasks;
mod forget_user;
mod inbox;
mod judge_sign_in;
mod list_notifications;
mod post_message;
mod post_messages;
mod record_notices;
mod seal_anew;
mod send;
mod set_phone;
mod take_mail;
mod webhooks;

use std::sync::Arc;

use labelmesh_acts::Acts;
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_events::{Bus, Outbox};
use labelmesh_outbound::Outbound;
use labelmesh_proto::notify::v1::NotifyActed;
use labelmesh_seal::{PageTokens, Sealer};
use sqlx::PgPool;
use tokio::sync::Notify;

pub(crate) use deliver::{Sending, begin_count, deliver};
pub(crate) use export_notices::{Notices, export_notices};
pub(crate) use export_webhooks::{Webhooks, export_webhooks};
pub(crate) use forget_tasks::forget_tasks;
pub(crate) use forget_user::forget_user;
pub(crate) use inbox::{ListState, count_unread, mark_read, preferences, update_preferences, watch_notifications};
pub(crate) use list_notifications::list_notifications;
pub(crate) use post_message::post_message;
pub(crate) use post_messages::keep_posting;
pub(crate) use record_notices::record_notices;
pub(crate) use seal_anew::{census, seal_anew};
pub(crate) use send::keep_sending;
pub(crate) use set_phone::{confirm_phone, phone, remove_phone, set_phone};
pub(crate) use take_mail::{Asked, take_mail};
pub(crate) use webhooks::{
    create_webhook, delete_webhook, forget_deliveries, list_deliveries, list_webhooks, redeliver,
    rotate_webhook_secret, test_webhook, update_webhook,
};

use crate::{
    domain::{DeliveryRules, Medium, PostingRules},
    smtp::Sender,
    text_gateway::TextGateway,
    users::Users,
};

/// What the use cases work with. Clones share everything.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) bus: Bus,
    pub(crate) outbox: Outbox,
    pub(crate) acts: Acts<NotifyActed>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) users: Users,
    pub(crate) sender: Sender,
    pub(crate) mail_rules: DeliveryRules,
    /// Where text messages are handed on; none where none are sent.
    pub(crate) texts: Option<Texts>,
    /// The way out to webhooks.
    pub(crate) outbound: Outbound,
    pub(crate) posting_rules: PostingRules,
    /// Seals the secrets of webhooks, and what is mailed for others until it is.
    pub(crate) sealer: Sealer,
    /// Where people reach the gateway, for links.
    pub(crate) public_url: String,
    /// Wakes the worker that sends mails, in this process.
    pub(crate) sending: Arc<Notify>,
    /// Wakes the worker that sends text messages, in this process.
    pub(crate) texting: Arc<Notify>,
    /// Wakes the worker that posts to webhooks, in this process.
    pub(crate) posting: Arc<Notify>,
}

/// How text messages are sent.
#[derive(Clone)]
pub(crate) struct Texts {
    pub(crate) gateway: TextGateway,
    pub(crate) rules: DeliveryRules,
}

impl App {
    /// How deliveries of a medium are made.
    pub(crate) fn rules(&self, medium: Medium) -> &DeliveryRules {
        match (medium, &self.texts) {
            (Medium::Text, Some(texts)) => &texts.rules,
            _ => &self.mail_rules,
        }
    }

    /// Wakes the worker of a medium, in this process.
    pub(crate) fn worker(&self, medium: Medium) -> &Arc<Notify> {
        match medium {
            Medium::Mail => &self.sending,
            Medium::Text => &self.texting,
        }
    }

    /// Says that text messages are sent here.
    ///
    /// # Errors
    /// TEXTS_NOT_OFFERED.
    pub(crate) fn offers_texts(&self) -> Result<()> {
        match self.texts {
            Some(_) => Ok(()),
            None => Err(Error::new(Reason::TextsNotOffered, "no text messages are sent here")),
        }
    }
}
