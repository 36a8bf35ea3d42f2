//! One batch of the relay: locked, published, acknowledged, marked and committed.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::context::PublishAckFuture;
use async_nats::jetstream::message::PublishMessage;
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use labelmesh_errors::{Error, Result};
use labelmesh_pg::begin;
use sqlx::types::Json;
use tokio::time::Instant;
use uuid::Uuid;

use super::{BATCH, Relay};
use crate::{delivery, expiry};

/// How long a batch may take. The server ends a transaction that idles for ten seconds, and its rows go to others.
const LIMIT: Duration = Duration::from_secs(5);

/// A row to be published.
struct Row {
    position: i64,
    event_id: Uuid,
    subject: String,
    payload: Vec<u8>,
    trace: Json<HashMap<String, String>>,
    expires_at: Option<DateTime<Utc>>,
    /// The number of the purge that took it from the stream, where one did.
    purge: Option<i32>,
}

impl Relay {
    /// Publishes up to 256 events that nobody else is at; returns how many.
    ///
    /// Those that the broker has acknowledged are marked even if others failed.
    pub(super) async fn publish_batch(&self) -> Result<u64> {
        let deadline = Instant::now() + LIMIT;
        let mut tx = begin(&self.pool).await?;
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT position, event_id, subject, payload, expires_at,
                   trace AS "trace: Json<HashMap<String, String>>",
                   (SELECT purges FROM mesh.stream WHERE name = $2 AND purges > 0 AND purged_to >= position) AS purge
               FROM mesh.outbox WHERE published_at IS NULL
               ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED"#,
            BATCH as i64,
            self.stream(),
        )
        .fetch_all(&mut *tx)
        .await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let (acknowledged, failure) = self.publish_rows(rows, deadline).await;
        let (positions, sequences): (Vec<i64>, Vec<i64>) = acknowledged.into_iter().unzip();
        sqlx::query!(
            "UPDATE mesh.outbox SET published_at = $3, stream_sequence = acknowledged.sequence
             FROM unnest($1::bigint[], $2::bigint[]) AS acknowledged (position, sequence)
             WHERE outbox.position = acknowledged.position",
            &positions,
            &sequences,
            self.outbox.clock().now(),
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let count = positions.len() as u64;
        metrics::counter!("events_published_total", "stream" => self.outbox.owner()).increment(count);
        failure.map_or(Ok(count), Err)
    }

    /// Sends all, then waits for all acknowledgements; returns positions with sequences, and the first failure.
    async fn publish_rows(&self, rows: Vec<Row>, deadline: Instant) -> (Vec<(i64, i64)>, Option<Error>) {
        let mut failure = None;
        let mut pending = FuturesUnordered::new();
        for row in rows {
            let position = row.position;
            match tokio::time::timeout_at(deadline, self.send(row)).await {
                Ok(Ok(acknowledgement)) => {
                    pending.push(async move { (position, acknowledgement.into_future().await) });
                }
                Ok(Err(error)) => failure = failure.or(Some(error)),
                Err(_) => {
                    failure = failure.or_else(|| Some(Error::unavailable("the broker takes nothing")));
                    break;
                }
            }
        }
        let mut acknowledged = Vec::with_capacity(pending.len());
        loop {
            match tokio::time::timeout_at(deadline, pending.next()).await {
                Ok(Some((position, Ok(ack)))) => {
                    acknowledged.push((position, i64::try_from(ack.sequence).unwrap_or(i64::MAX)));
                }
                Ok(Some((_, Err(error)))) => failure = failure.or_else(|| Some(Error::unavailable(error))),
                Ok(None) => return (acknowledged, failure),
                Err(_) => {
                    let late = failure.or_else(|| Some(Error::unavailable("the broker does not acknowledge")));
                    return (acknowledged, late);
                }
            }
        }
    }

    async fn send(&self, row: Row) -> Result<PublishAckFuture> {
        let mut headers = HeaderMap::new();
        let id = row.event_id.to_string();
        match row.purge {
            None => headers.insert(NATS_MESSAGE_ID, id),
            // A purge leaves the broker believing that it has the message.
            Some(purge) => {
                headers.insert(NATS_MESSAGE_ID, format!("purged:{purge}:{id}"));
                headers.insert(delivery::EVENT_ID, id);
            }
        }
        for (name, value) in row.trace.0 {
            headers.insert(name.as_str(), value);
        }
        if let Some(expires_at) = row.expires_at {
            expiry::set(&mut headers, expires_at, self.outbox.clock().now());
        }
        let id = row.event_id.into();
        if !self.bus.keys.sign(&mut headers, id, &row.subject, &row.payload) {
            return Err(Error::internal(format!("there is no key to sign events of {} with", self.outbox.owner())));
        }
        let message = PublishMessage::build().payload(row.payload.into()).headers(headers);
        let subject = self.bus.subject(&row.subject);
        self.bus.jetstream.send_publish(subject, message).await.map_err(Error::unavailable)
    }
}
