//! Takes events back that tell something of a person who was deleted.

use std::time::Duration;

use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use labelmesh_pg::begin;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{Bus, Outbox, delivery::event_id, stream};

/// How many events one transaction takes back.
const BATCH: i64 = 100;
/// How long that may take. The server ends a transaction that idles for ten seconds.
const LIMIT: Duration = Duration::from_secs(5);

/// An event that has been published.
struct Row {
    position: i64,
    event_id: Uuid,
    sequence: i64,
}

impl Outbox {
    /// Takes back every event about a person ([`Outbox::enqueue_about`]): out of the broker's stream, where the server
    /// overwrites it, and out of the outbox. Whoever has consumed it has done so. Call this when nothing more about the
    /// person is enqueued; again is harmless. Returns how many events there were.
    ///
    /// # Errors
    /// Unavailable if the database or the broker does not answer, or while some of the events are not published yet: it
    /// is not known where they are. What was taken back by then stays so.
    pub async fn forget(&self, pool: &PgPool, bus: &Bus, person: UserId) -> Result<u64> {
        let mut forgotten = 0;
        loop {
            let batch = tokio::time::timeout(LIMIT, self.forget_batch(pool, bus, person)).await;
            match batch.map_err(|_| Error::unavailable("the broker takes long to remove events"))?? {
                0 => break,
                batch => forgotten += batch,
            }
        }
        let waits = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM mesh.outbox WHERE about = $1 OR also_about = $1) AS "waits!""#,
            person.uuid()
        );
        if waits.fetch_one(pool).await? {
            return Err(Error::unavailable("events about the person are still on their way to the broker"));
        }
        Ok(forgotten)
    }

    async fn forget_batch(&self, pool: &PgPool, bus: &Bus, person: UserId) -> Result<u64> {
        let mut tx = begin(pool).await?;
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT position, event_id, stream_sequence AS "sequence!" FROM mesh.outbox
               WHERE (about = $1 OR also_about = $1) AND stream_sequence IS NOT NULL ORDER BY position LIMIT $2 FOR UPDATE"#,
            person.uuid(),
            BATCH,
        );
        let rows = rows.fetch_all(&mut *tx).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let name = stream::name(bus, self.owner());
        let stream = bus.jetstream.get_stream_no_info(&name).await.map_err(Error::unavailable)?;
        for row in &rows {
            remove(&stream, row).await?;
        }
        let positions: Vec<i64> = rows.iter().map(|row| row.position).collect();
        sqlx::query!("DELETE FROM mesh.outbox WHERE position = ANY($1)", &positions).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(rows.len() as u64)
    }
}

/// Removes an event from the stream, if what lies at its place is this event: the stream may have been lost since.
async fn remove(stream: &Stream<()>, row: &Row) -> Result<()> {
    let sequence = row.sequence.unsigned_abs();
    let message = match stream.get_raw_message(sequence).await {
        Ok(message) => message,
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => return Ok(()),
        Err(error) => return Err(Error::unavailable(error)),
    };
    if event_id(&message.headers).is_some_and(|id| id.uuid() == row.event_id) {
        stream.delete_message(sequence).await.map_err(Error::unavailable)?;
    }
    Ok(())
}
