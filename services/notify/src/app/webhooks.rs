//! What owners do with their webhooks.

use chrono::TimeDelta;
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_events::Trace;
use labelmesh_identity::Reach;
use labelmesh_ids::{DeliveryId, UserId, WebhookId};
use labelmesh_pg::run_tx;
use labelmesh_seal::{PageRequest, PageSizes, context};
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{Kind, Message, Webhook, WebhookPatch, WebhookSecret, WebhookState},
    events::published,
    store::{
        attempts::{self, Listed},
        deletions, phones, postings,
        webhooks::{self, OwnWebhook, Sealed},
    },
};

/// How many webhooks a user may have.
const MOST: i64 = 20;
/// How long a secret is good after the next one was made.
const OLD_SECRET: TimeDelta = TimeDelta::days(1);
/// How many deliveries a page has.
const DELIVERIES: PageSizes = PageSizes { default: 50, most: 200 };
/// How long deliveries are kept.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Creates a webhook; its secret can't be had again.
///
/// # Errors
/// FIELD_INVALID for an address that may not be called; QUOTA_USED_UP; NOT_FOUND where the user was deleted a moment
/// ago.
pub(crate) async fn create_webhook(
    app: &App,
    reach: Reach,
    url: &str,
    kinds: &[Kind],
) -> Result<(Webhook, WebhookSecret)> {
    let owner_id = owner(reach)?;
    let now = app.clock.now();
    let webhook = Webhook {
        webhook_id: WebhookId::new(now, app.random.bytes()),
        owner_id,
        url: callable(app, url)?,
        kinds: kinds.to_vec(),
        state: WebhookState::Enabled,
        created_at: now,
        failing_since: None,
        old_secret_until: None,
    };
    let secret = WebhookSecret::generate(&app.random);
    let (new, sealed) = (&webhook, &seal(app, webhook.webhook_id, &secret));
    run_tx(&app.pool, "create_webhook", |tx| {
        Box::pin(async move {
            deletions::check_user(tx, owner_id).await?;
            let used = webhooks::count(tx, owner_id).await?;
            if used >= MOST {
                return Err(used_up(used));
            }
            webhooks::insert(tx, new, sealed).await?;
            app.acts.note(tx, Deed::on(new.webhook_id).about(owner_id).made(new)).await
        })
    })
    .await?;
    Ok((webhook, secret))
}

/// The caller's webhooks, the newest first.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn list_webhooks(app: &App, reach: Reach) -> Result<Vec<Webhook>> {
    webhooks::list(&mut *app.pool.acquire().await?, owner(reach)?).await
}

/// Changes a webhook. What is pending when it is disabled has failed.
///
/// # Errors
/// NOT_FOUND; FIELD_INVALID for an address that may not be called.
pub(crate) async fn update_webhook(
    app: &App,
    reach: Reach,
    webhook_id: WebhookId,
    patch: WebhookPatch,
) -> Result<Webhook> {
    let url = patch.url.as_deref().map(|url| callable(app, url)).transpose()?;
    let patch = &WebhookPatch { url, ..patch };
    let now = app.clock.now();
    run_tx(&app.pool, "update_webhook", |tx| {
        Box::pin(async move {
            let before = webhooks::within(tx, reach, webhook_id).await?.into_inner();
            let after = before.clone().patched(patch.clone());
            if after != before {
                webhooks::save(tx, &after, now).await?;
                let deed = Deed::on(webhook_id).about(before.owner_id).changed(&before, &after);
                let deed = if after.url == before.url { deed } else { deed.result("url", "another one") };
                app.acts.note(tx, deed).await?;
            }
            if after.state != WebhookState::Enabled {
                postings::fail_all(tx, webhook_id).await?;
            }
            Ok(after)
        })
    })
    .await
}

/// Deletes a webhook with its deliveries; one that is not there, or not the caller's, stays so.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn delete_webhook(app: &App, reach: Reach, webhook_id: WebhookId) -> Result<()> {
    run_tx(&app.pool, "delete_webhook", |tx| {
        Box::pin(async move {
            if webhooks::delete(tx, reach, webhook_id).await? {
                app.acts.note(tx, Deed::on(webhook_id)).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Gives a webhook a new secret; the one until now is good for another day.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn rotate_webhook_secret(
    app: &App,
    reach: Reach,
    webhook_id: WebhookId,
) -> Result<(Webhook, WebhookSecret)> {
    let secret = WebhookSecret::generate(&app.random);
    let sealed = &seal(app, webhook_id, &secret);
    let until = app.clock.now() + OLD_SECRET;
    let webhook = run_tx(&app.pool, "rotate_webhook_secret", |tx| {
        Box::pin(async move {
            let own = webhooks::within(tx, reach, webhook_id).await?;
            webhooks::rotate(tx, &own, sealed, until).await?;
            app.acts.note(tx, Deed::on(webhook_id)).await?;
            Ok(Webhook { old_secret_until: Some(until), ..own.into_inner() })
        })
    });
    Ok((webhook.await?, secret))
}

/// Sends a message that says nothing.
///
/// # Errors
/// NOT_FOUND, WEBHOOK_NOT_ENABLED.
pub(crate) async fn test_webhook(app: &App, reach: Reach, webhook_id: WebhookId) -> Result<Listed> {
    let now = app.clock.now();
    let message = &Message::test(webhook_id, now);
    let delivery_id = DeliveryId::new(now, app.random.bytes());
    let trace = &Trace::current();
    let delivery = run_tx(&app.pool, "test_webhook", |tx| {
        Box::pin(async move {
            let own = enabled(tx, reach, webhook_id, now).await?;
            postings::insert_one(tx, delivery_id, (webhook_id, None), (message, trace), now).await?;
            attempts::again(tx, &own, delivery_id, now).await
        })
    });
    told(app, delivery.await?).await
}

/// A page of the deliveries of a webhook, and the token of the next one.
///
/// # Errors
/// NOT_FOUND, PAGE_TOKEN_INVALID.
pub(crate) async fn list_deliveries(
    app: &App,
    reach: Reach,
    webhook_id: WebhookId,
    request: &PageRequest<'_>,
) -> Result<(Vec<Listed>, String)> {
    let page = app.pages.page(request, "ListDeliveries", &[&webhook_id.to_string()], DELIVERIES)?;
    let (from, limit) = (page.from, page.limit());
    let listed = run_tx(&app.pool, "list_deliveries", |tx| {
        Box::pin(async move {
            let own = webhooks::within(tx, reach, webhook_id).await?;
            attempts::list(tx, &own, from, limit).await
        })
    });
    let mut listed = listed.await?;
    let next = page.cut(&mut listed, Listed::position);
    Ok((listed, next))
}

/// Delivers once more, under the same id.
///
/// # Errors
/// NOT_FOUND, WEBHOOK_NOT_ENABLED.
pub(crate) async fn redeliver(
    app: &App,
    reach: Reach,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
) -> Result<Listed> {
    let now = app.clock.now();
    let delivery = run_tx(&app.pool, "redeliver", |tx| {
        Box::pin(async move {
            let own = enabled(tx, reach, webhook_id, now).await?;
            attempts::again(tx, &own, delivery_id, now).await
        })
    });
    told(app, delivery.await?).await
}

/// Removes deliveries that are old.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn forget_deliveries(app: App) -> Result<()> {
    let (mut db, now) = (app.pool.acquire().await?, app.clock.now());
    phones::forget_counts(&mut db, now).await?;
    attempts::forget(&mut db, now - KEPT).await
}

/// The secrets that are good, the present one first.
///
/// # Errors
/// If one can't be opened: it was sealed with another key.
pub(super) fn secrets(app: &App, target: &postings::Target) -> Result<Vec<WebhookSecret>> {
    let now = app.clock.now();
    let old = target.old_secret.iter().filter(|(_, until)| *until > now).map(|(sealed, _)| sealed);
    [&target.secret].into_iter().chain(old).map(|sealed| open(app, target.webhook_id, sealed)).collect()
}

fn owner(reach: Reach) -> Result<UserId> {
    reach.owner().ok_or_else(|| Error::internal("webhooks are called for by users alone"))
}

/// The address in its one spelling.
fn callable(app: &App, url: &str) -> Result<String> {
    let url = app.outbound.check(url).map_err(|fault| Error::invalid("url", format!("can't be called: {fault}")))?;
    Ok(url.into())
}

fn used_up(used: i64) -> Error {
    Error::new(Reason::QuotaUsedUp, format!("the quota of webhooks has no room for 1 more: {used} of {MOST} are used"))
        .fact("quota", "webhooks")
        .fact("limit", MOST)
        .fact("used", used)
        .fact("wanted", 1)
}

/// A webhook that is enabled; it rests no longer.
async fn enabled(
    db: &mut PgConnection,
    reach: Reach,
    webhook_id: WebhookId,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<OwnWebhook> {
    let own = webhooks::within(db, reach, webhook_id).await?;
    if own.webhook().state != WebhookState::Enabled {
        return Err(Error::new(Reason::WebhookNotEnabled, "the webhook is not enabled"));
    }
    webhooks::wake(db, &own, now).await?;
    Ok(own)
}

/// Wakes the workers of all replicas.
async fn told(app: &App, delivery: Listed) -> Result<Listed> {
    app.posting.notify_one();
    published::hint_of_deliveries(&app.bus).await;
    Ok(delivery)
}

fn seal(app: &App, webhook_id: WebhookId, secret: &WebhookSecret) -> Sealed {
    app.sealer.seal(&secret_of(webhook_id), secret.bytes())
}

fn open(app: &App, webhook_id: WebhookId, sealed: &[u8]) -> Result<WebhookSecret> {
    Ok(WebhookSecret::stored(app.sealer.open(&secret_of(webhook_id), sealed).map_err(Error::internal)?))
}

/// What the secrets of a webhook are sealed for.
pub(super) fn secret_of(webhook_id: WebhookId) -> String {
    context(&["webhook secret", &webhook_id.to_string()])
}
