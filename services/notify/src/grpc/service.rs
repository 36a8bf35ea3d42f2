//! The RPCs.

use labelmesh_proto::notify::v1::{
    ListNotificationsRequest, ListNotificationsResponse, Notification as Message,
    notification_service_server::NotificationService,
};
use labelmesh_seal::PageRequest;
use labelmesh_server::caller;
use tonic::{Request, Response, Status};

use crate::app::{self, App};

/// The service as tonic calls it.
pub(crate) struct Notifications(pub(crate) App);

#[tonic::async_trait]
impl NotificationService for Notifications {
    async fn list_notifications(
        &self,
        request: Request<ListNotificationsRequest>,
    ) -> Result<Response<ListNotificationsResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let page = PageRequest { principal: &caller.principal, size: request.page_size, token: &request.page_token };
        let (notifications, next_page_token) = app::list_notifications(&self.0, caller.reach, &page).await?;
        let notifications = notifications.into_iter().map(Message::from).collect();
        Ok(Response::new(ListNotificationsResponse { notifications, next_page_token }))
    }
}
