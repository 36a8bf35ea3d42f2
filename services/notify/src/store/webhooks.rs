//! The table `webhook`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{UserId, WebhookId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Kind, Webhook, WebhookState};

/// A webhook that the caller may see and change, locked until the transaction ends.
#[derive(Debug)]
pub(crate) struct OwnWebhook(Webhook);

impl OwnWebhook {
    pub(crate) fn webhook(&self) -> &Webhook {
        &self.0
    }

    pub(crate) fn id(&self) -> WebhookId {
        self.0.webhook_id
    }

    pub(crate) fn into_inner(self) -> Webhook {
        self.0
    }
}

/// A secret as it is stored.
pub(crate) type Sealed = Vec<u8>;

struct Row {
    webhook_id: Uuid,
    owner_id: Uuid,
    url: String,
    kinds: Vec<String>,
    state: String,
    created_at: DateTime<Utc>,
    failing_since: Option<DateTime<Utc>>,
    old_secret_until: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Webhook {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unknown = || Error::internal(format!("webhook {} has an unknown state or kind", row.webhook_id));
        // A kind that a newer release knows is not lost: it alone changes the row of one that names it.
        let kinds = row.kinds.iter().filter_map(|kind| Kind::from_name(kind)).collect();
        Ok(Self {
            webhook_id: row.webhook_id.into(),
            owner_id: row.owner_id.into(),
            kinds,
            state: WebhookState::from_name(&row.state).ok_or_else(unknown)?,
            url: row.url,
            created_at: row.created_at,
            failing_since: row.failing_since,
            old_secret_until: row.old_secret_until,
        })
    }
}

/// The webhook, if it is within reach; nobody else changes it until the transaction ends.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn within(connection: &mut PgConnection, reach: Reach, webhook_id: WebhookId) -> Result<OwnWebhook> {
    let Some(owner) = reach.owner() else { return Err(Error::not_found("webhook")) };
    let row = sqlx::query_as!(
        Row,
        "SELECT webhook_id, owner_id, url, kinds, state, created_at, failing_since, old_secret_until
         FROM webhook WHERE webhook_id = $1 AND owner_id = $2 FOR UPDATE",
        webhook_id.uuid(),
        owner.uuid(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(OwnWebhook(row.ok_or_else(|| Error::not_found("webhook"))?.try_into()?))
}

/// How many webhooks a user has; nobody creates one for them until the transaction ends.
pub(crate) async fn count(connection: &mut PgConnection, owner_id: UserId) -> Result<i64> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", owner_id.to_string())
        .execute(&mut *connection)
        .await?;
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM webhook WHERE owner_id = $1"#, owner_id.uuid());
    Ok(count.fetch_one(connection).await?)
}

pub(crate) async fn insert(connection: &mut PgConnection, webhook: &Webhook, secret: &[u8]) -> Result<()> {
    sqlx::query!(
        "INSERT INTO webhook (webhook_id, owner_id, url, kinds, state, secret, created_at, rests_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        webhook.webhook_id.uuid(),
        webhook.owner_id.uuid(),
        webhook.url,
        &names(&webhook.kinds),
        webhook.state.name(),
        secret,
        webhook.created_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A user's webhooks, the newest first.
pub(crate) async fn list(connection: &mut PgConnection, owner_id: UserId) -> Result<Vec<Webhook>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT webhook_id, owner_id, url, kinds, state, created_at, failing_since, old_secret_until
         FROM webhook WHERE owner_id = $1 ORDER BY created_at DESC, webhook_id DESC",
        owner_id.uuid(),
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Webhook::try_from).collect()
}

/// Saves what was changed; where every attempt does not fail any more, as far as is known, it rests no longer.
pub(crate) async fn save(connection: &mut PgConnection, webhook: &Webhook, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE webhook
         SET url = $2, kinds = $3, state = $4, failing_since = $5,
             failures = CASE WHEN $5::timestamptz IS NULL THEN 0 ELSE failures END,
             rests_until = CASE WHEN $5::timestamptz IS NULL THEN $6 ELSE rests_until END
         WHERE webhook_id = $1",
        webhook.webhook_id.uuid(),
        webhook.url,
        &names(&webhook.kinds),
        webhook.state.name(),
        webhook.failing_since,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives it a new secret; the one until now is good until a time.
pub(crate) async fn rotate(
    connection: &mut PgConnection,
    webhook: &OwnWebhook,
    secret: &[u8],
    until: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "UPDATE webhook SET old_secret = secret, old_secret_until = $3, secret = $2 WHERE webhook_id = $1",
        webhook.id().uuid(),
        secret,
        until,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The secrets of a webhook as they are stored.
#[derive(Debug)]
pub(crate) struct Secrets {
    pub(crate) webhook_id: WebhookId,
    pub(crate) secret: Sealed,
    pub(crate) old_secret: Option<Sealed>,
}

/// The secrets of all webhooks, a page of them behind one.
pub(crate) async fn secrets_behind(
    connection: &mut PgConnection,
    behind: Option<WebhookId>,
    limit: i64,
) -> Result<Vec<Secrets>> {
    let secrets = sqlx::query_as!(
        Secrets,
        r#"SELECT webhook_id AS "webhook_id: WebhookId", secret, old_secret FROM webhook
           WHERE webhook_id > $1 ORDER BY webhook_id LIMIT $2"#,
        behind.map_or(Uuid::nil(), |behind| behind.uuid()),
        limit,
    );
    Ok(secrets.fetch_all(connection).await?)
}

/// Stores the same secrets sealed anew, unless they have been changed meanwhile; says how many webhooks that was.
pub(crate) async fn replace_secrets(connection: &mut PgConnection, before: &Secrets, anew: &Secrets) -> Result<u64> {
    let replaced = sqlx::query!(
        "UPDATE webhook SET secret = $2, old_secret = $3
         WHERE webhook_id = $1 AND secret = $4 AND old_secret IS NOT DISTINCT FROM $5",
        before.webhook_id.uuid(),
        anew.secret,
        anew.old_secret,
        before.secret,
        before.old_secret,
    );
    Ok(replaced.execute(connection).await?.rows_affected())
}

/// Deletes it with all its deliveries.
pub(crate) async fn delete(connection: &mut PgConnection, reach: Reach, webhook_id: WebhookId) -> Result<bool> {
    let owner = reach.owner().map(UserId::uuid);
    let deleted = sqlx::query!("DELETE FROM webhook WHERE webhook_id = $1 AND owner_id = $2", webhook_id.uuid(), owner);
    Ok(deleted.execute(connection).await?.rows_affected() > 0)
}

/// Wakes one that rests: it is tried at once.
pub(crate) async fn wake(connection: &mut PgConnection, webhook: &OwnWebhook, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE webhook SET rests_until = least(rests_until, $2) WHERE webhook_id = $1",
        webhook.id().uuid(),
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that it took a message, where attempts had failed before.
pub(crate) async fn recover(connection: &mut PgConnection, webhook_id: WebhookId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "UPDATE webhook SET failures = 0, failing_since = NULL, rests_until = $2 WHERE webhook_id = $1",
        webhook_id.uuid(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes a failed attempt at an enabled webhook, which rests until a time if its endpoint is ill; returns since when
/// every attempt failed, or none if it is not enabled any more.
pub(crate) async fn fail(
    connection: &mut PgConnection,
    webhook_id: WebhookId,
    rests_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let since = sqlx::query_scalar!(
        r#"UPDATE webhook
           SET failing_since = coalesce(failing_since, $3),
               failures = failures + CASE WHEN $2::timestamptz IS NULL THEN 0 ELSE 1 END,
               rests_until = greatest(rests_until, $2)
           WHERE webhook_id = $1 AND state = 'enabled'
           RETURNING failing_since AS "since!""#,
        webhook_id.uuid(),
        rests_until,
        now,
    );
    Ok(since.fetch_optional(connection).await?)
}

/// Lets it be told nothing any more.
pub(crate) async fn stop(connection: &mut PgConnection, webhook_id: WebhookId, state: WebhookState) -> Result<()> {
    sqlx::query!("UPDATE webhook SET state = $2 WHERE webhook_id = $1", webhook_id.uuid(), state.name())
        .execute(connection)
        .await?;
    Ok(())
}

fn names(kinds: &[Kind]) -> Vec<String> {
    kinds.iter().map(|kind| kind.name().to_owned()).collect()
}
