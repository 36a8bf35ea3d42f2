//! `labelmesh webhooks`: programs that are told what you are told.

use clap::{Subcommand, ValueEnum};
use labelmesh_sdk::{
    Client,
    notify::{
        CreateWebhookRequest, DeleteWebhookRequest, DeliveryAttempt, ListDeliveriesRequest, ListWebhooksRequest,
        NotificationKind, RedeliverDeliveryRequest, RotateWebhookSecretRequest, TestWebhookRequest,
        UpdateWebhookRequest, Webhook, WebhookDelivery,
    },
};

use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when, word},
    session::Account,
};

/// Have what happens posted to addresses of yours, signed by the rules of Standard Webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a webhook. Its secret is shown this once.
    #[command(after_help = "Examples:
  labelmesh webhooks create https://example.com/hooks
  labelmesh webhooks create https://example.com/hooks --kind task-completed --json | jq -r .secret")]
    Create {
        /// The address: http or https, at a host with public addresses.
        url: String,
        /// What it is told of; everything if left out.
        #[arg(long = "kind", value_enum)]
        kinds: Vec<Kind>,
    },
    /// List your webhooks, the newest first.
    List,
    /// Let a webhook be told what happens again, after it was paused or disabled.
    Enable {
        /// The webhook's id.
        webhook: String,
    },
    /// Let a webhook be told nothing; what is on its way to it fails.
    Disable {
        /// The webhook's id.
        webhook: String,
    },
    /// Delete a webhook with its deliveries.
    Delete {
        /// The webhook's id.
        webhook: String,
    },
    /// Give a webhook a new secret, shown this once. The one until now is good for another day.
    Rotate {
        /// The webhook's id.
        webhook: String,
    },
    /// Post a message that says nothing, to try a webhook.
    Test {
        /// The webhook's id.
        webhook: String,
    },
    /// List what was posted to a webhook, the newest first, and what came back.
    #[command(after_help = "Examples:
  labelmesh webhooks deliveries 01a2b3c4-...
  labelmesh webhooks deliveries 01a2b3c4-... --json | jq .attempts")]
    Deliveries {
        /// The webhook's id.
        webhook: String,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = limit::parser())]
        limit: usize,
    },
    /// Post something once more, under the same id.
    Redeliver {
        /// The webhook's id.
        webhook: String,
        /// The delivery's id.
        delivery: String,
    },
}

/// What a webhook is told of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    /// Somebody signed in to your account from somewhere new.
    LoggedIn,
    /// A task of yours is complete.
    TaskCompleted,
    /// You are paused in a task.
    OperatorPaused,
}

impl From<Kind> for NotificationKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::LoggedIn => Self::LoggedIn,
            Kind::TaskCompleted => Self::TaskCompleted,
            Kind::OperatorPaused => Self::OperatorPaused,
        }
    }
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::Create { url, kinds } => {
            let kinds = kinds.into_iter().map(|kind| NotificationKind::from(kind).into()).collect();
            let created = client.create_webhook(CreateWebhookRequest { url, kinds }).await?;
            let webhook = created.webhook.clone().unwrap_or_default();
            output.message(&created, || secret(&webhook, &created.secret))
        }
        Command::List => list(&client, output).await,
        Command::Enable { webhook } => set(&client, webhook, true, output).await,
        Command::Disable { webhook } => set(&client, webhook, false, output).await,
        Command::Delete { webhook: webhook_id } => {
            let deleted = client.delete_webhook(DeleteWebhookRequest { webhook_id }).await?;
            output.message(&deleted, || "Deleted.".to_owned())
        }
        Command::Rotate { webhook: webhook_id } => {
            let rotated = client.rotate_webhook_secret(RotateWebhookSecretRequest { webhook_id }).await?;
            let webhook = rotated.webhook.clone().unwrap_or_default();
            output.message(&rotated, || {
                let until = when(webhook.old_secret_until.as_ref());
                format!("{}\nThe one before is good until {until}.", secret(&webhook, &rotated.secret))
            })
        }
        Command::Test { webhook: webhook_id } => {
            let delivery = client.test_webhook(TestWebhookRequest { webhook_id }).await?;
            output.message(&delivery, || on_its_way(&delivery))
        }
        Command::Deliveries { webhook, limit } => deliveries(&client, webhook, limit, output).await,
        Command::Redeliver { webhook: webhook_id, delivery: delivery_id } => {
            let request = RedeliverDeliveryRequest { webhook_id, delivery_id };
            let delivery = client.redeliver_delivery(request).await?;
            output.message(&delivery, || on_its_way(&delivery))
        }
    }
}

fn secret(webhook: &Webhook, secret: &str) -> String {
    format!("webhook   {}\nsecret    {secret}\nKeep the secret: it is not shown again.", webhook.webhook_id)
}

fn on_its_way(delivery: &WebhookDelivery) -> String {
    format!("On its way as {}; `labelmesh webhooks deliveries` tells what became of it.", delivery.delivery_id)
}

async fn set(client: &Client, webhook_id: String, enabled: bool, output: Output) -> Result<(), Failure> {
    let request = UpdateWebhookRequest { webhook_id, enabled: Some(enabled), ..Default::default() };
    let webhook = client.update_webhook(request).await?;
    output.message(&webhook, || format!("The webhook is {}.", state(&webhook)))
}

fn state(webhook: &Webhook) -> String {
    word(webhook.state().as_str_name(), "WEBHOOK_STATE_")
}

async fn list(client: &Client, output: Output) -> Result<(), Failure> {
    let webhooks = client.list_webhooks(ListWebhooksRequest {}).await?.webhooks;
    if output.json {
        return print_json(&webhooks);
    }
    if webhooks.is_empty() {
        output.note("You have no webhooks.");
        return Ok(());
    }
    let kinds = |webhook: &Webhook| match webhook.kinds.is_empty() {
        true => "everything".to_owned(),
        false => {
            let kinds = webhook.kinds().map(|kind| word(kind.as_str_name(), "NOTIFICATION_KIND_"));
            kinds.collect::<Vec<_>>().join(", ")
        }
    };
    let row = |webhook: &Webhook| {
        let failing = when(webhook.failing_since.as_ref());
        vec![webhook.webhook_id.clone(), state(webhook), failing, kinds(webhook), webhook.url.clone()]
    };
    let rows: Vec<_> = webhooks.iter().map(row).collect();
    print(&[table(&["webhook", "state", "failing since", "told of", "address"], &rows)])
}

async fn deliveries(client: &Client, webhook_id: String, limit: usize, output: Output) -> Result<(), Failure> {
    let request = ListDeliveriesRequest { webhook_id, page_size: limit::page(limit), ..Default::default() };
    let mut deliveries = limit::first(client.list_deliveries_all(request), limit).await?;
    limit::cut(&mut deliveries, limit, output);
    if output.json {
        return print_json(&deliveries);
    }
    if deliveries.is_empty() {
        output.note("Nothing was posted to it yet.");
        return Ok(());
    }
    let row = |delivery: &WebhookDelivery| {
        vec![
            delivery.delivery_id.clone(),
            delivery.r#type.clone(),
            word(delivery.state().as_str_name(), "DELIVERY_STATE_"),
            when(delivery.created_at.as_ref()),
            delivery.attempts.len().to_string(),
            delivery.attempts.first().map(last).unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = deliveries.iter().map(row).collect();
    print(&[table(&["delivery", "type", "state", "created", "attempts", "last answer"], &rows)])
}

/// What the last attempt came to.
fn last(attempt: &DeliveryAttempt) -> String {
    match attempt.status {
        0 => attempt.error.clone(),
        status => format!("{status} in {} ms", attempt.duration_ms),
    }
}
