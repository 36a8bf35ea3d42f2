//! Webhooks from outside: an owner, a program of theirs, and nobody in between who could hold anything up.

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use labelmesh_cluster::{Cluster, Settings};
use labelmesh_sdk::{
    Client, Role,
    notify::{
        CreateWebhookRequest, DeleteWebhookRequest, DeliveryState, ListDeliveriesRequest, ListNotificationsRequest,
        ListWebhooksRequest, RedeliverDeliveryRequest, WebhookDelivery,
    },
};
use labelmesh_servers::Mood;
use labelmesh_testkit::try_until;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::people::{PASSWORD, person};

/// What came to a program: webhook-id and body.
pub(crate) type Heard = Arc<Mutex<Vec<(String, Value)>>>;

/// A program that takes whatever is posted to it; returns its address.
pub(crate) async fn program(heard: &Heard) -> Result<String> {
    let heard = Arc::clone(heard);
    let take = move |headers: HeaderMap, body: Bytes| {
        let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let body = serde_json::from_slice(&body).unwrap_or_default();
        heard.lock().expect("no panic with the lock").push((id, body));
        std::future::ready("thanks")
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}/hook", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(take))).await });
    Ok(address)
}

/// Signs somebody in from a program that they did not use before.
async fn sign_in_with(cluster: &Cluster, name: &str, agent: &str) -> Result<()> {
    let client = Client::builder(cluster.gateway()).agent(agent).build()?;
    client.sign_in(&format!("{name}@labelmesh.example"), PASSWORD).await?;
    Ok(())
}

async fn delivery(client: &Client, webhook_id: &str, attempts: usize) -> Result<WebhookDelivery> {
    try_until("a delivery that was taken", async || {
        let request = ListDeliveriesRequest { webhook_id: webhook_id.to_owned(), ..Default::default() };
        let listed = client.list_deliveries(request).await?.deliveries;
        Ok(listed
            .into_iter()
            .find(|delivery| delivery.state() == DeliveryState::Delivered && delivery.attempts.len() == attempts))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_told_while_no_mail_can_be_sent_and_told_again_under_the_same_id() -> Result<()> {
    let cluster = Cluster::start(Settings::for_tests()?).await?;
    cluster.mail().set_mood(Mood::Stall);
    let heard = Heard::default();
    let client = person(&cluster, "hooked", Role::Client).await?;
    // They are told of their first sign-in before there is a webhook.
    try_until("the first notification", async || {
        let told = client.list_notifications(ListNotificationsRequest::default()).await?.notifications;
        Ok((!told.is_empty()).then_some(()))
    })
    .await?;
    let url = program(&heard).await?;
    let created = client.create_webhook(CreateWebhookRequest { url, kinds: Vec::new() }).await?;
    ensure!(created.secret.starts_with("whsec_"), "what a receiver verifies with");
    let webhook_id = created.webhook.context("it is told")?.webhook_id;

    sign_in_with(&cluster, "hooked", "a-new-program/1.0").await?;

    let first = delivery(&client, &webhook_id, 1).await?;
    ensure!(first.attempts[0].answer == "thanks" && first.attempts[0].status == 200, "{first:?}");
    let again = RedeliverDeliveryRequest { webhook_id: webhook_id.clone(), delivery_id: first.delivery_id.clone() };
    client.redeliver_delivery(again).await?;
    let second = delivery(&client, &webhook_id, 2).await?;
    ensure!(second.delivery_id == first.delivery_id, "one id for good");
    let told = heard.lock().expect("no panic with the lock").clone();
    ensure!(told.len() == 2 && told.iter().all(|(id, _)| *id == first.delivery_id), "{told:?}");
    ensure!(told[0].1["type"] == "account.signed_in", "{told:?}");
    ensure!(cluster.mail().messages().is_empty(), "no mail could be sent meanwhile");

    client.delete_webhook(DeleteWebhookRequest { webhook_id }).await?;
    let listed = client.list_webhooks(ListWebhooksRequest {}).await?;
    ensure!(listed.webhooks.is_empty(), "it is gone");
    Ok(())
}
