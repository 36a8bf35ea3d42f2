//! The RPCs.

use futures::StreamExt as _;
use labelmesh_errors::Error;
use labelmesh_proto::notify::v1::{
    ExportMyNoticesRequest, GetPreferencesRequest, ListNotificationsRequest, ListNotificationsResponse,
    MarkNotificationsReadRequest, MarkNotificationsReadResponse, NoticeRecord, Notification as Message,
    NotificationsState, Preferences, UpdatePreferencesRequest, WatchNotificationsRequest,
    notification_service_server::NotificationService,
};
use labelmesh_seal::PageRequest;
use labelmesh_server::caller;
use tonic::{Request, Response, Status, codegen::BoxStream};

use super::convert::{in_message, preference, which};
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
        let unread = app::count_unread(&self.0, caller.reach).await?;
        Ok(Response::new(ListNotificationsResponse { notifications, next_page_token, unread }))
    }

    async fn mark_notifications_read(
        &self,
        request: Request<MarkNotificationsReadRequest>,
    ) -> Result<Response<MarkNotificationsReadResponse>, Status> {
        let reach = caller(&request)?.reach;
        let unread = app::mark_read(&self.0, reach, which(request.get_ref())?).await?;
        Ok(Response::new(MarkNotificationsReadResponse { unread }))
    }

    async fn watch_notifications(
        &self,
        request: Request<WatchNotificationsRequest>,
    ) -> Result<Response<BoxStream<NotificationsState>>, Status> {
        let reach = caller(&request)?.reach;
        let after_version = request.get_ref().after_version;
        let states = app::watch_notifications(self.0.clone(), reach, after_version).await?;
        let states = states.map(|state| state.map(NotificationsState::from).map_err(Status::from));
        Ok(Response::new(states.boxed()))
    }

    async fn get_preferences(&self, request: Request<GetPreferencesRequest>) -> Result<Response<Preferences>, Status> {
        let preferences = app::preferences(&self.0, caller(&request)?.reach).await?;
        Ok(Response::new(in_message(preferences)))
    }

    async fn update_preferences(
        &self,
        request: Request<UpdatePreferencesRequest>,
    ) -> Result<Response<Preferences>, Status> {
        let reach = caller(&request)?.reach;
        let wanted = request.get_ref().preferences.iter().map(preference).collect::<Result<Vec<_>, _>>()?;
        Ok(Response::new(in_message(app::update_preferences(&self.0, reach, &wanted).await?)))
    }
    async fn export_my_notices(
        &self,
        request: Request<ExportMyNoticesRequest>,
    ) -> Result<Response<BoxStream<NoticeRecord>>, Status> {
        let me = caller(&request)?.reach.owner().ok_or_else(|| Error::not_found("user"))?;
        let notices = app::export_notices(&self.0, me);
        Ok(Response::new(notices.map(|notice| notice.map(NoticeRecord::from).map_err(Status::from)).boxed()))
    }
}
