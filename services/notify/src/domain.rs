//! What is told to whom and in which words, without IO.

mod asked;
mod backoff;
mod delivery;
mod letter;
mod mail;
mod message;
mod notice;
mod origin;
mod phone;
mod preference;
mod refusal;
mod strangers;
mod text;
mod webhook;
mod wording;

pub(crate) use asked::{confirm_email, confirm_new_email, email_changing, password_reset};
pub(crate) use backoff::Backoff;
pub(crate) use delivery::{DeliveryRules, Medium, PostingRules};
pub(crate) use letter::Letter;
pub(crate) use mail::{Contact, Mail};
pub(crate) use message::Message;
pub(crate) use notice::{
    FactorChange, GroupInvited, Kind, LoggedIn, Notice, OperatorPaused, PasswordChanged, SecondFactorChanged,
    TaskCompleted, TaskStarved, WebhookPaused,
};
pub(crate) use origin::Origin;
pub(crate) use phone::{CODE_LIFETIME, Pending, Phone, PhoneCode, PhoneNumber, TOLD, WINDOW, admit, counted, told};
pub(crate) use preference::{Channel, Preference, Wishes, is_required};
pub(crate) use refusal::Refusal;
pub(crate) use text::text;
pub(crate) use webhook::{Webhook, WebhookPatch, WebhookSecret, WebhookState, signatures};
