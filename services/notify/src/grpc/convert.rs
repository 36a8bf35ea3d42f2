//! Between messages and domain values.

use labelmesh_proto::{
    notify::v1::{Notification as Message, NotificationKind},
    timestamp,
};

use crate::{domain::Kind, store::notifications::Notification};

impl From<Notification> for Message {
    fn from(notification: Notification) -> Self {
        let kind = match notification.kind {
            Kind::LoggedIn => NotificationKind::LoggedIn,
            Kind::TaskCompleted => NotificationKind::TaskCompleted,
            Kind::OperatorPaused => NotificationKind::OperatorPaused,
        };
        Self {
            notification_id: notification.notification_id.to_string(),
            kind: kind.into(),
            subject: notification.words.subject,
            body: notification.words.body,
            task_id: notification.task_id.map(|id| id.to_string()).unwrap_or_default(),
            created_at: Some(timestamp(notification.created_at)),
        }
    }
}
