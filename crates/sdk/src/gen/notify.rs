// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, notify, route::Route};

static LIST_NOTIFICATIONS: Route = Route {
    rpc: "/labelmesh.notify.v1.NotificationService/ListNotifications",
    verb: HttpMethod::GET,
    template: "/v1/notifications",
    has_body: false,
};

static MARK_NOTIFICATIONS_READ: Route = Route {
    rpc: "/labelmesh.notify.v1.NotificationService/MarkNotificationsRead",
    verb: HttpMethod::POST,
    template: "/v1/notifications:markRead",
    has_body: true,
};

static WATCH_NOTIFICATIONS: Route = Route {
    rpc: "/labelmesh.notify.v1.NotificationService/WatchNotifications",
    verb: HttpMethod::GET,
    template: "/v1/notifications:watch",
    has_body: false,
};

static GET_PREFERENCES: Route = Route {
    rpc: "/labelmesh.notify.v1.NotificationService/GetPreferences",
    verb: HttpMethod::GET,
    template: "/v1/notifications/preferences",
    has_body: false,
};

static UPDATE_PREFERENCES: Route = Route {
    rpc: "/labelmesh.notify.v1.NotificationService/UpdatePreferences",
    verb: HttpMethod::PATCH,
    template: "/v1/notifications/preferences",
    has_body: true,
};

static CREATE_WEBHOOK: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/CreateWebhook",
    verb: HttpMethod::POST,
    template: "/v1/webhooks",
    has_body: true,
};

static LIST_WEBHOOKS: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/ListWebhooks",
    verb: HttpMethod::GET,
    template: "/v1/webhooks",
    has_body: false,
};

static UPDATE_WEBHOOK: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/UpdateWebhook",
    verb: HttpMethod::PATCH,
    template: "/v1/webhooks/{webhook_id}",
    has_body: true,
};

static DELETE_WEBHOOK: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/DeleteWebhook",
    verb: HttpMethod::DELETE,
    template: "/v1/webhooks/{webhook_id}",
    has_body: false,
};

static ROTATE_WEBHOOK_SECRET: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/RotateWebhookSecret",
    verb: HttpMethod::POST,
    template: "/v1/webhooks/{webhook_id}:rotateSecret",
    has_body: true,
};

static TEST_WEBHOOK: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/TestWebhook",
    verb: HttpMethod::POST,
    template: "/v1/webhooks/{webhook_id}:test",
    has_body: true,
};

static LIST_DELIVERIES: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/ListDeliveries",
    verb: HttpMethod::GET,
    template: "/v1/webhooks/{webhook_id}/deliveries",
    has_body: false,
};

static REDELIVER_DELIVERY: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/RedeliverDelivery",
    verb: HttpMethod::POST,
    template: "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}:redeliver",
    has_body: true,
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

    /// Marks notifications of the caller as read: one, or one and all before it. What is read already stays so.
    ///
    /// `POST /v1/notifications:markRead`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn mark_notifications_read(
        &self,
        request: notify::MarkNotificationsReadRequest,
    ) -> Result<notify::MarkNotificationsReadResponse, Error> {
        self.unary(&MARK_NOTIFICATIONS_READ, &request).await
    }

    /// Watches the caller's notifications: how many are unread and the newest one, now and again whenever that
    /// changed (at most five times a second). The stream is of states, not of changes: whoever comes back misses
    /// nothing.
    ///
    /// `GET /v1/notifications:watch`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn watch_notifications(
        &self,
        request: notify::WatchNotificationsRequest,
    ) -> Result<crate::Answers<notify::NotificationsState>, Error> {
        self.stream(&WATCH_NOTIFICATIONS, &request).await
    }

    /// Gets by which channels the caller is told of what.
    ///
    /// `GET /v1/notifications/preferences`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_preferences(&self, request: notify::GetPreferencesRequest) -> Result<notify::Preferences, Error> {
        self.unary(&GET_PREFERENCES, &request).await
    }

    /// Changes by which channels the caller is told of what from then on. What is not named stays.
    ///
    /// `PATCH /v1/notifications/preferences`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn update_preferences(
        &self,
        request: notify::UpdatePreferencesRequest,
    ) -> Result<notify::Preferences, Error> {
        self.unary(&UPDATE_PREFERENCES, &request).await
    }

    /// Creates a webhook. The secret that it signs with is shown this once.
    ///
    /// `POST /v1/webhooks`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_webhook(
        &self,
        request: notify::CreateWebhookRequest,
    ) -> Result<notify::CreateWebhookResponse, Error> {
        self.unary(&CREATE_WEBHOOK, &request).await
    }

    /// Lists the caller's webhooks, the newest first: at most 20, so there are no pages.
    ///
    /// `GET /v1/webhooks`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_webhooks(
        &self,
        request: notify::ListWebhooksRequest,
    ) -> Result<notify::ListWebhooksResponse, Error> {
        self.unary(&LIST_WEBHOOKS, &request).await
    }

    /// Changes some fields of a webhook. Enabling one that was paused or disabled lets it be told of what happens
    /// from then on; what it missed can be delivered again. Where everything is as asked for, nothing happens.
    ///
    /// `PATCH /v1/webhooks/{webhook_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn update_webhook(&self, request: notify::UpdateWebhookRequest) -> Result<notify::Webhook, Error> {
        self.unary(&UPDATE_WEBHOOK, &request).await
    }

    /// Deletes a webhook with its deliveries; what was not delivered yet is not sent. Deleting it twice is
    /// harmless.
    ///
    /// `DELETE /v1/webhooks/{webhook_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn delete_webhook(
        &self,
        request: notify::DeleteWebhookRequest,
    ) -> Result<notify::DeleteWebhookResponse, Error> {
        self.unary(&DELETE_WEBHOOK, &request).await
    }

    /// Gives a webhook a new secret, shown this once. The one until now is good for another day: meanwhile each
    /// delivery is signed with both.
    ///
    /// `POST /v1/webhooks/{webhook_id}:rotateSecret`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn rotate_webhook_secret(
        &self,
        request: notify::RotateWebhookSecretRequest,
    ) -> Result<notify::RotateWebhookSecretResponse, Error> {
        self.unary(&ROTATE_WEBHOOK_SECRET, &request).await
    }

    /// Sends a message of the type "webhook.test", as a delivery like others.
    ///
    /// `POST /v1/webhooks/{webhook_id}:test`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn test_webhook(&self, request: notify::TestWebhookRequest) -> Result<notify::WebhookDelivery, Error> {
        self.unary(&TEST_WEBHOOK, &request).await
    }

    /// Lists the deliveries of a webhook with their attempts, the newest first. They are kept for 30 days.
    ///
    /// `GET /v1/webhooks/{webhook_id}/deliveries`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_deliveries(
        &self,
        request: notify::ListDeliveriesRequest,
    ) -> Result<notify::ListDeliveriesResponse, Error> {
        self.unary(&LIST_DELIVERIES, &request).await
    }

    /// Everything that [`Self::list_deliveries`] lists, page by page from the first on.
    #[must_use]
    pub fn list_deliveries_all(
        &self,
        request: notify::ListDeliveriesRequest,
    ) -> crate::Answers<notify::WebhookDelivery> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), notify::ListDeliveriesRequest { page_token, ..request.clone() });
            async move { client.list_deliveries(request).await.map(|page| (page.deliveries, page.next_page_token)) }
        })
    }

    /// Delivers once more what was delivered or failed, under the same id. What is pending is tried at once.
    ///
    /// `POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}:redeliver`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn redeliver_delivery(
        &self,
        request: notify::RedeliverDeliveryRequest,
    ) -> Result<notify::WebhookDelivery, Error> {
        self.unary(&REDELIVER_DELIVERY, &request).await
    }
}
