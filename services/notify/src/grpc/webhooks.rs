//! The RPCs of webhooks.

use futures::StreamExt as _;
use labelmesh_errors::{Error, parse_field};
use labelmesh_proto::notify::v1::{
    CreateWebhookRequest, CreateWebhookResponse, DeleteWebhookRequest, DeleteWebhookResponse, ExportMyWebhooksRequest,
    ListDeliveriesRequest, ListDeliveriesResponse, ListWebhooksRequest, ListWebhooksResponse, RedeliverDeliveryRequest,
    RotateWebhookSecretRequest, RotateWebhookSecretResponse, TestWebhookRequest, UpdateWebhookRequest, Webhook,
    WebhookDelivery, WebhookRecord, webhook_service_server::WebhookService,
};
use labelmesh_seal::PageRequest;
use labelmesh_server::caller;
use tonic::{Request, Response, Status, codegen::BoxStream};

use super::convert::kinds;
use crate::app::{self, App};

/// The service as tonic calls it.
pub(crate) struct Webhooks(pub(crate) App);

#[tonic::async_trait]
impl WebhookService for Webhooks {
    async fn create_webhook(
        &self,
        request: Request<CreateWebhookRequest>,
    ) -> Result<Response<CreateWebhookResponse>, Status> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let (webhook, secret) = app::create_webhook(&self.0, reach, &request.url, &kinds(&request.kinds)?).await?;
        Ok(Response::new(CreateWebhookResponse { webhook: Some(webhook.into()), secret: secret.reveal() }))
    }

    async fn list_webhooks(
        &self,
        request: Request<ListWebhooksRequest>,
    ) -> Result<Response<ListWebhooksResponse>, Status> {
        let webhooks = app::list_webhooks(&self.0, caller(&request)?.reach).await?;
        Ok(Response::new(ListWebhooksResponse { webhooks: webhooks.into_iter().map(Webhook::from).collect() }))
    }

    async fn update_webhook(&self, request: Request<UpdateWebhookRequest>) -> Result<Response<Webhook>, Status> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let webhook_id = parse_field("webhook_id", &request.webhook_id)?;
        let webhook = app::update_webhook(&self.0, reach, webhook_id, request.try_into()?).await?;
        Ok(Response::new(webhook.into()))
    }

    async fn delete_webhook(
        &self,
        request: Request<DeleteWebhookRequest>,
    ) -> Result<Response<DeleteWebhookResponse>, Status> {
        let reach = caller(&request)?.reach;
        app::delete_webhook(&self.0, reach, parse_field("webhook_id", &request.get_ref().webhook_id)?).await?;
        Ok(Response::new(DeleteWebhookResponse {}))
    }

    async fn rotate_webhook_secret(
        &self,
        request: Request<RotateWebhookSecretRequest>,
    ) -> Result<Response<RotateWebhookSecretResponse>, Status> {
        let reach = caller(&request)?.reach;
        let webhook_id = parse_field("webhook_id", &request.get_ref().webhook_id)?;
        let (webhook, secret) = app::rotate_webhook_secret(&self.0, reach, webhook_id).await?;
        Ok(Response::new(RotateWebhookSecretResponse { webhook: Some(webhook.into()), secret: secret.reveal() }))
    }

    async fn test_webhook(&self, request: Request<TestWebhookRequest>) -> Result<Response<WebhookDelivery>, Status> {
        let reach = caller(&request)?.reach;
        let webhook_id = parse_field("webhook_id", &request.get_ref().webhook_id)?;
        Ok(Response::new(app::test_webhook(&self.0, reach, webhook_id).await?.into()))
    }

    async fn list_deliveries(
        &self,
        request: Request<ListDeliveriesRequest>,
    ) -> Result<Response<ListDeliveriesResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let webhook_id = parse_field("webhook_id", &request.webhook_id)?;
        let page = PageRequest { principal: &caller.principal, size: request.page_size, token: &request.page_token };
        let (deliveries, next_page_token) = app::list_deliveries(&self.0, caller.reach, webhook_id, &page).await?;
        let deliveries = deliveries.into_iter().map(WebhookDelivery::from).collect();
        Ok(Response::new(ListDeliveriesResponse { deliveries, next_page_token }))
    }

    async fn redeliver_delivery(
        &self,
        request: Request<RedeliverDeliveryRequest>,
    ) -> Result<Response<WebhookDelivery>, Status> {
        let reach = caller(&request)?.reach;
        let request = request.get_ref();
        let webhook_id = parse_field("webhook_id", &request.webhook_id)?;
        let delivery_id = parse_field("delivery_id", &request.delivery_id)?;
        Ok(Response::new(app::redeliver(&self.0, reach, webhook_id, delivery_id).await?.into()))
    }
    async fn export_my_webhooks(
        &self,
        request: Request<ExportMyWebhooksRequest>,
    ) -> Result<Response<BoxStream<WebhookRecord>>, Status> {
        let me = caller(&request)?.reach.owner().ok_or_else(|| Error::not_found("user"))?;
        let stored = app::export_webhooks(&self.0, me);
        Ok(Response::new(stored.map(|one| one.map(WebhookRecord::from).map_err(Status::from)).boxed()))
    }
}
