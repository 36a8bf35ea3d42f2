//! Between messages and domain values.

use labelmesh_proto::{
    notify::v1::{ListNotificationsResponse, Notification as Message, NotificationKind},
    timestamp,
};

use crate::{app::Page, domain::Kind, store::notifications::Notification};

impl From<Page> for ListNotificationsResponse {
    fn from(page: Page) -> Self {
        Self {
            notifications: page.notifications.into_iter().map(Message::from).collect(),
            next_page_token: page.next_page_token,
        }
    }
}

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
