//! What is stored about a user, as messages.

use labelmesh_proto::{
    notify::v1::{
        MailState, NoticeRecord, StoredDelivery, StoredInbox, StoredMail, StoredNotification, StoredOrigin,
        StoredPhone, StoredSignIn, StoredText, WebhookRecord,
    },
    timestamp,
};

use crate::{
    app::{Notices, Webhooks},
    domain::Phone,
    store::own_data::{Delivery, Mail, Stored, Text},
};

impl From<Notices> for NoticeRecord {
    fn from(notice: Notices) -> Self {
        let record = Self::default();
        match notice {
            Notices::Preference(preference) => Self { preference: Some(preference.into()), ..record },
            Notices::Notification(stored) => Self { notification: Some(stored.into()), ..record },
            Notices::Mail(mail) => Self { mail: Some(mail.into()), ..record },
            Notices::SignIn(sign_in) => {
                Self { sign_in: Some(StoredSignIn { told_at: sign_in.told_at.map(timestamp) }), ..record }
            }
            Notices::Origin(origin) => {
                Self { origin: Some(StoredOrigin { seen_at: Some(timestamp(origin.seen_at)) }), ..record }
            }
            Notices::Inbox(inbox) => {
                Self { inbox: Some(StoredInbox { version: inbox.version.unsigned_abs() }), ..record }
            }
            Notices::Phone(phone) => Self { phone: Some(phone.into()), ..record },
            Notices::Text(text) => Self { text: Some(text.into()), ..record },
        }
    }
}

impl From<Stored> for StoredNotification {
    fn from(stored: Stored) -> Self {
        Self {
            notification: Some(stored.notification.into()),
            about: stored.about.to_string(),
            listed: stored.listed,
            mail: stored.mail.map(StoredMail::from),
        }
    }
}

impl From<Mail> for StoredMail {
    fn from(mail: Mail) -> Self {
        Self {
            delivery_id: mail.id.to_string(),
            state: state(&mail.state).into(),
            created_at: Some(timestamp(mail.created_at)),
            settled_at: mail.settled_at.map(timestamp),
            last_error: mail.last_error.unwrap_or_default(),
            expires_at: mail.expires_at.map(timestamp),
        }
    }
}

/// What became of a mail or a text message, by the name under which it is stored.
fn state(name: &str) -> MailState {
    match name {
        "pending" => MailState::Pending,
        "sent" => MailState::Sent,
        "failed" => MailState::Failed,
        "dropped" => MailState::Dropped,
        _ => MailState::Unspecified,
    }
}

impl From<Phone> for StoredPhone {
    fn from(phone: Phone) -> Self {
        let (number, confirmed_at) = phone.confirmed.unzip();
        let pending = phone.pending.as_ref();
        Self {
            number: number.map(|number| number.as_str().to_owned()).unwrap_or_default(),
            confirmed_at: confirmed_at.map(timestamp),
            pending_number: pending.map(|pending| pending.number.as_str().to_owned()).unwrap_or_default(),
            code_expires_at: pending.map(|pending| timestamp(pending.expires_at)),
            tries: pending.map(|pending| pending.tries.unsigned_abs()).unwrap_or_default(),
        }
    }
}

impl From<Text> for StoredText {
    fn from(text: Text) -> Self {
        Self {
            delivery_id: text.id.to_string(),
            notification_id: text.notification_id.map(|id| id.to_string()).unwrap_or_default(),
            state: state(&text.state).into(),
            created_at: Some(timestamp(text.created_at)),
            settled_at: text.settled_at.map(timestamp),
            last_error: text.last_error.unwrap_or_default(),
            expires_at: Some(timestamp(text.expires_at)),
        }
    }
}

impl From<Webhooks> for WebhookRecord {
    fn from(stored: Webhooks) -> Self {
        match stored {
            Webhooks::Webhook(webhook) => Self { webhook: Some(webhook.into()), delivery: None },
            Webhooks::Delivery(delivery) => Self { webhook: None, delivery: Some(delivery.into()) },
        }
    }
}

impl From<Delivery> for StoredDelivery {
    fn from(delivery: Delivery) -> Self {
        Self {
            webhook_id: delivery.webhook_id.to_string(),
            notification_id: delivery.notification_id.map(|id| id.to_string()).unwrap_or_default(),
            delivery: Some(delivery.listed.into()),
        }
    }
}
