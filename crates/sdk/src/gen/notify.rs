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

static EXPORT_MY_NOTICES: Route = Route {
    rpc: "/labelmesh.notify.v1.NotificationService/ExportMyNotices",
    verb: HttpMethod::GET,
    template: "/v1/me/data/notices",
    has_body: false,
};

static GET_PHONE: Route = Route {
    rpc: "/labelmesh.notify.v1.PhoneService/GetPhone",
    verb: HttpMethod::GET,
    template: "/v1/me/phone",
    has_body: false,
};

static SET_PHONE: Route = Route {
    rpc: "/labelmesh.notify.v1.PhoneService/SetPhone",
    verb: HttpMethod::PUT,
    template: "/v1/me/phone",
    has_body: true,
};

static CONFIRM_PHONE: Route = Route {
    rpc: "/labelmesh.notify.v1.PhoneService/ConfirmPhone",
    verb: HttpMethod::POST,
    template: "/v1/me/phone:confirm",
    has_body: true,
};

static REMOVE_PHONE: Route = Route {
    rpc: "/labelmesh.notify.v1.PhoneService/RemovePhone",
    verb: HttpMethod::DELETE,
    template: "/v1/me/phone",
    has_body: false,
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

static EXPORT_MY_WEBHOOKS: Route = Route {
    rpc: "/labelmesh.notify.v1.WebhookService/ExportMyWebhooks",
    verb: HttpMethod::GET,
    template: "/v1/me/data/webhooks",
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

    /// Changes by which channels the caller is told of what from then on. What is not named stays. Text messages can be
    /// asked for before a number is confirmed, but not where none are sent.
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

    /// Streams what this service stores about what the user who calls was told, record by record: what they want to be
    /// told otherwise than everybody, notifications with their mails, the newest first, mails that others asked for,
    /// their phone number and text messages, and since when sign-ins from so many places and programs are known. What is
    /// sealed is left out. Each record is as it was when
    /// it was read. Webhooks are streamed by WebhookService.ExportMyWebhooks.
    ///
    /// `GET /v1/me/data/notices`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_my_notices(
        &self,
        request: notify::ExportMyNoticesRequest,
    ) -> Result<crate::Answers<notify::NoticeRecord>, Error> {
        self.stream(&EXPORT_MY_NOTICES, &request).await
    }

    /// Gets the caller's number, and whether text messages are sent here at all.
    ///
    /// `GET /v1/me/phone`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_phone(&self, request: notify::GetPhoneRequest) -> Result<notify::Phone, Error> {
        self.unary(&GET_PHONE, &request).await
    }

    /// Texts a code of six digits to a number, which is to be the caller's once they have shown the code. Until then
    /// nothing else is texted there, and a number that was confirmed before stays theirs. Calling it again makes another
    /// code in the place of the one before. Within an hour it can be asked for 3 times for a number, 5 times by a user and
    /// 20 times from a network; beyond that it is RATE_LIMITED.
    ///
    /// `PUT /v1/me/phone`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn set_phone(&self, request: notify::SetPhoneRequest) -> Result<notify::Phone, Error> {
        self.unary(&SET_PHONE, &request).await
    }

    /// Confirms the number to which a code was texted. After five wrong ones, or ten minutes, the code is good no longer;
    /// NOT_FOUND where none is on its way.
    ///
    /// `POST /v1/me/phone:confirm`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn confirm_phone(&self, request: notify::ConfirmPhoneRequest) -> Result<notify::Phone, Error> {
        self.unary(&CONFIRM_PHONE, &request).await
    }

    /// Forgets the caller's number, also one that is not confirmed. What was to be texted is not. Again is harmless.
    ///
    /// `DELETE /v1/me/phone`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn remove_phone(
        &self,
        request: notify::RemovePhoneRequest,
    ) -> Result<notify::RemovePhoneResponse, Error> {
        self.unary(&REMOVE_PHONE, &request).await
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

    /// Streams everything that this service stores about the webhooks of the user who calls, record by record: the
    /// webhooks, and the deliveries of each in their order, with their last attempts. The secrets are left out. Each
    /// record is as it was when it was read.
    ///
    /// `GET /v1/me/data/webhooks`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_my_webhooks(
        &self,
        request: notify::ExportMyWebhooksRequest,
    ) -> Result<crate::Answers<notify::WebhookRecord>, Error> {
        self.stream(&EXPORT_MY_WEBHOOKS, &request).await
    }
}
