//! What a webhook is told: JSON with ids and counts. Names and titles are for whoever is signed in.

use chrono::{DateTime, SecondsFormat, Utc};
use labelmesh_ids::{NotificationId, WebhookId};
use serde_json::{Value, json};

use super::{Kind, Notice};

/// A message for webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// The type, such as `task.completed`.
    pub(crate) kind: &'static str,
    /// The body.
    pub(crate) payload: String,
}

impl Message {
    /// What a notice is in a message; none for what no webhook is told of.
    pub(crate) fn of(notice: &Notice, notification_id: NotificationId) -> Option<Self> {
        let kind = message_type(notice.kind())?;
        let mut data = match notice {
            Notice::LoggedIn(login) => json!({"session_id": login.session_id.to_string()}),
            Notice::TaskCompleted(task) => json!({
                "task_id": task.task_id.to_string(),
                "images": task.images,
                "decided": task.decided,
                "contested": task.contested,
                "undecided": task.undecided,
            }),
            Notice::OperatorPaused(pause) => json!({"task_id": pause.task_id.to_string()}),
            Notice::TaskStarved(task) => json!({
                "task_id": task.task_id.to_string(),
                "images": task.images,
                "starved": task.starved,
            }),
            Notice::GroupInvited(invited) => json!({"group_id": invited.group_id.to_string()}),
            Notice::PasswordChanged(_) => json!({}),
            Notice::SecondFactorChanged(changed) => json!({"change": changed.change.name()}),
            Notice::WebhookPaused(_) => return None,
        };
        data["notification_id"] = notification_id.to_string().into();
        data["user_id"] = notice.user_id().to_string().into();
        Some(Self::new(kind, notice.at(), &data))
    }

    /// A message that says nothing, by which an endpoint is tried.
    pub(crate) fn test(webhook_id: WebhookId, now: DateTime<Utc>) -> Self {
        Self::new("webhook.test", now, &json!({"webhook_id": webhook_id.to_string()}))
    }

    fn new(kind: &'static str, at: DateTime<Utc>, data: &Value) -> Self {
        let timestamp = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        Self { kind, payload: json!({"type": kind, "timestamp": timestamp, "data": data}).to_string() }
    }
}

/// The type of messages about a kind of notice.
fn message_type(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::LoggedIn => Some("account.signed_in"),
        Kind::TaskCompleted => Some("task.completed"),
        Kind::OperatorPaused => Some("operator.paused"),
        Kind::TaskStarved => Some("task.starved"),
        Kind::GroupInvited => Some("group.invited"),
        Kind::PasswordChanged => Some("account.password_changed"),
        Kind::SecondFactorChanged => Some("account.second_factor_changed"),
        Kind::WebhookPaused => None,
    }
}
