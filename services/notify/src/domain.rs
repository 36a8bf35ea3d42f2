//! What is told to whom and in which words, without IO.

mod backoff;
mod delivery;
mod mail;
mod message;
mod notice;
mod origin;
mod preference;
mod strangers;
mod webhook;

pub(crate) use backoff::Backoff;
pub(crate) use delivery::{DeliveryRules, PostingRules};
pub(crate) use mail::{Contact, Mail};
pub(crate) use message::Message;
pub(crate) use notice::{Kind, LoggedIn, Notice, OperatorPaused, TaskCompleted, WebhookPaused, Words};
pub(crate) use origin::Origin;
pub(crate) use preference::{Channel, Muted, Preference, is_required};
pub(crate) use webhook::{Webhook, WebhookPatch, WebhookSecret, WebhookState, signatures};
