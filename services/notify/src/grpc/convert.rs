//! Between messages and domain values.

use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_proto::{
    notify::v1::{
        Channel as ChannelMessage, DeliveryAttempt, DeliveryState as StateMessage, MarkNotificationsReadRequest,
        Notification as Message, NotificationKind, NotificationsState, Preference as PreferenceMessage, Preferences,
        UpdateWebhookRequest, Webhook as WebhookMessage, WebhookDelivery, WebhookState as WebhookStateMessage,
    },
    timestamp,
};

use crate::{
    app::ListState,
    domain::{Channel, Kind, Preference, Webhook, WebhookPatch, WebhookState},
    store::{
        attempts::{Attempt, DeliveryState, Listed},
        inbox::Which,
        notifications::Notification,
    },
};

/// The fields of a webhook that a mask can name.
const FIELDS: [&str; 3] = ["url", "kinds", "enabled"];

impl From<Kind> for NotificationKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::LoggedIn => Self::LoggedIn,
            Kind::TaskCompleted => Self::TaskCompleted,
            Kind::OperatorPaused => Self::OperatorPaused,
            Kind::WebhookPaused => Self::WebhookPaused,
            Kind::TaskStarved => Self::TaskStarved,
            Kind::GroupInvited => Self::GroupInvited,
            Kind::PasswordChanged => Self::PasswordChanged,
            Kind::SecondFactorChanged => Self::SecondFactorChanged,
        }
    }
}

impl From<Notification> for Message {
    fn from(notification: Notification) -> Self {
        Self {
            notification_id: notification.notification_id.to_string(),
            kind: NotificationKind::from(notification.kind).into(),
            subject: notification.subject,
            body: notification.body,
            task_id: notification.task_id.map(|id| id.to_string()).unwrap_or_default(),
            created_at: Some(timestamp(notification.created_at)),
            read_at: notification.read_at.map(timestamp),
        }
    }
}

/// Which notifications were read.
pub(super) fn which(request: &MarkNotificationsReadRequest) -> Result<Which> {
    match (request.notification_id.as_str(), request.up_to.as_str()) {
        (one, "") if !one.is_empty() => Ok(Which::One(parse_field("notification_id", one)?)),
        ("", last) if !last.is_empty() => Ok(Which::UpTo(parse_field("up_to", last)?)),
        _ => Err(Error::invalid("notification_id", "must be given, or up_to, and not both")),
    }
}

impl From<ListState> for NotificationsState {
    fn from(state: ListState) -> Self {
        Self { version: state.version, unread: state.unread, newest: state.newest.map(Message::from) }
    }
}

impl From<Channel> for ChannelMessage {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::InApp => Self::InApp,
            Channel::Email => Self::Email,
            Channel::Webhook => Self::Webhook,
            Channel::Text => Self::Text,
        }
    }
}

/// A preference as it is wanted.
pub(super) fn preference(wanted: &PreferenceMessage) -> Result<Preference> {
    let kind = kinds(&[wanted.kind])?.into_iter().next();
    let channel = Channel::ALL.into_iter().find(|channel| ChannelMessage::from(*channel) == wanted.channel());
    let (Some(kind), Some(channel)) = (kind, channel) else {
        return Err(Error::invalid("preferences", "must name a kind and a channel"));
    };
    Ok(Preference { kind, channel, enabled: wanted.enabled })
}

impl From<Preference> for PreferenceMessage {
    fn from(preference: Preference) -> Self {
        Self {
            kind: NotificationKind::from(preference.kind).into(),
            channel: ChannelMessage::from(preference.channel).into(),
            enabled: preference.enabled,
        }
    }
}

/// Preferences as they are told.
pub(super) fn in_message(preferences: Vec<Preference>) -> Preferences {
    Preferences { preferences: preferences.into_iter().map(PreferenceMessage::from).collect() }
}

/// The kinds that a webhook is to be told of.
pub(super) fn kinds(wanted: &[i32]) -> Result<Vec<Kind>> {
    let kind = |wanted: &i32| Kind::ALL.into_iter().find(|kind| i32::from(NotificationKind::from(*kind)) == *wanted);
    let kinds: Option<Vec<_>> = wanted.iter().map(kind).collect();
    kinds.ok_or_else(|| Error::invalid("kinds", "must be kinds of notifications"))
}

impl TryFrom<UpdateWebhookRequest> for WebhookPatch {
    type Error = Error;

    /// What the mask names; without one, what is given. What it names and is not given becomes empty.
    fn try_from(request: UpdateWebhookRequest) -> Result<Self> {
        let mask = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
        if mask.iter().any(|path| !FIELDS.contains(&path.as_str())) {
            return Err(Error::invalid("update_mask", format!("must name fields among {}", FIELDS.join(", "))));
        }
        let named = |field: &str| mask.iter().any(|path| path == field);
        let all = mask.is_empty();
        let kinds_wanted = if all { !request.kinds.is_empty() } else { named("kinds") };
        Ok(Self {
            url: if all { request.url } else { named("url").then(|| request.url.unwrap_or_default()) },
            kinds: kinds_wanted.then(|| kinds(&request.kinds)).transpose()?,
            enabled: if all { request.enabled } else { named("enabled").then(|| request.enabled.unwrap_or_default()) },
        })
    }
}

impl From<Webhook> for WebhookMessage {
    fn from(webhook: Webhook) -> Self {
        let state = match webhook.state {
            WebhookState::Enabled => WebhookStateMessage::Enabled,
            WebhookState::Paused => WebhookStateMessage::Paused,
            WebhookState::Disabled => WebhookStateMessage::Disabled,
        };
        Self {
            webhook_id: webhook.webhook_id.to_string(),
            url: webhook.url,
            kinds: webhook.kinds.into_iter().map(|kind| NotificationKind::from(kind).into()).collect(),
            state: state.into(),
            created_at: Some(timestamp(webhook.created_at)),
            failing_since: webhook.failing_since.map(timestamp),
            old_secret_until: webhook.old_secret_until.map(timestamp),
        }
    }
}

impl From<Listed> for WebhookDelivery {
    fn from(delivery: Listed) -> Self {
        let state = match delivery.state {
            DeliveryState::Pending => StateMessage::Pending,
            DeliveryState::Delivered => StateMessage::Delivered,
            DeliveryState::Failed => StateMessage::Failed,
        };
        let pending = delivery.state == DeliveryState::Pending;
        Self {
            delivery_id: delivery.delivery_id.to_string(),
            r#type: delivery.kind,
            state: state.into(),
            created_at: Some(timestamp(delivery.created_at)),
            due_at: pending.then(|| timestamp(delivery.due_at)),
            payload: delivery.payload,
            attempts: delivery.attempts.into_iter().map(DeliveryAttempt::from).collect(),
        }
    }
}

impl From<Attempt> for DeliveryAttempt {
    fn from(attempt: Attempt) -> Self {
        Self {
            started_at: Some(timestamp(attempt.started_at)),
            duration_ms: attempt.duration_ms,
            status: attempt.status.unwrap_or_default().into(),
            error: attempt.error.unwrap_or_default(),
            answer: attempt.answer,
        }
    }
}
