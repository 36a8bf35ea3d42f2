// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, notify, route::Route};

static LIST_NOTIFICATIONS: Route = Route {
    rpc: "/labelmesh.notify.v1.NotificationService/ListNotifications",
    verb: HttpMethod::GET,
    template: "/v1/notifications",
    has_body: false,
};

impl Client {
    /// Lists the caller's notifications, the newest first.
    ///
    /// `GET /v1/notifications`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_notifications(
        &self,
        request: notify::ListNotificationsRequest,
    ) -> Result<notify::ListNotificationsResponse, Error> {
        self.unary(&LIST_NOTIFICATIONS, &request).await
    }

    /// Everything that [`Self::list_notifications`] lists, page by page from the first on.
    #[must_use]
    pub fn list_notifications_all(
        &self,
        request: notify::ListNotificationsRequest,
    ) -> crate::Answers<notify::Notification> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) =
                (client.clone(), notify::ListNotificationsRequest { page_token, ..request.clone() });
            async move { client.list_notifications(request).await.map(|page| (page.notifications, page.next_page_token)) }
        })
    }
}
