//! The RPCs.

use labelmesh_proto::notify::v1::{
    ListNotificationsRequest, ListNotificationsResponse, notification_service_server::NotificationService,
};
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
        let reach = caller(&request)?.reach;
        let ListNotificationsRequest { page_size, page_token } = request.into_inner();
        let page = app::list_notifications(&self.0, reach, page_size, &page_token).await?;
        Ok(Response::new(page.into()))
    }
}
