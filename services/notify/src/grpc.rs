//! The RPCs: from the contract's messages to the use cases and back.

use labelmesh_proto::{
    notify::v1::{
        ListNotificationsRequest, ListNotificationsResponse, Notification as Message, NotificationKind,
        notification_service_server::NotificationService,
    },
    timestamp,
};
use labelmesh_seal::PageTokens;
use labelmesh_server::caller;
use sqlx::PgPool;
use tonic::{Request, Response, Status};

use crate::{
    app::list_notifications::{Page, list_notifications},
    domain::notice::Kind,
    store::notifications::Notification,
};

/// Answers for users.
pub(crate) struct Notifications {
    pub(crate) pool: PgPool,
    pub(crate) page_tokens: PageTokens,
}

#[tonic::async_trait]
impl NotificationService for Notifications {
    async fn list_notifications(
        &self,
        request: Request<ListNotificationsRequest>,
    ) -> Result<Response<ListNotificationsResponse>, Status> {
        let reach = caller(&request)?.reach;
        let ListNotificationsRequest { page_size, page_token } = request.into_inner();
        let page = list_notifications(&self.pool, &self.page_tokens, reach, page_size, &page_token).await?;
        Ok(Response::new(page.into()))
    }
}

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
