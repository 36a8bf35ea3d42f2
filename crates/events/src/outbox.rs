//! The outbox: events are written with the change they tell of, and published afterwards.

use std::sync::Arc;

use chrono::TimeDelta;
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{EventId, UserId};
use labelmesh_proto::event::Event;
use sqlx::PgConnection;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{Trace, stream};

/// The largest event. The broker takes messages of 1 MiB with their headers; what is larger must travel in parts.
const LARGEST_BYTES: usize = 900 * 1024;

/// Where a service leaves the events it publishes. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Outbox {
    owner: &'static str,
    clock: Clock,
    random: Random,
    wake: Arc<Notify>,
}

impl Outbox {
    /// The outbox of the service `owner`, the first word of its events' subjects.
    #[must_use]
    pub fn new(owner: &'static str, clock: Clock, random: Random) -> Self {
        Self { owner, clock, random, wake: Arc::new(Notify::new()) }
    }

    /// Leaves an event with the transaction, to be published once that is committed; returns its id. Call
    /// [`Outbox::wake`] after the commit.
    ///
    /// # Errors
    /// Unavailable if the database does not answer; internal if the event is too large or not this service's.
    pub async fn enqueue<E: Event>(&self, connection: &mut PgConnection, event: &E) -> Result<EventId> {
        Ok(self.enqueue_all(connection, std::slice::from_ref(event)).await?[0])
    }

    /// Leaves an event that tells something personal of somebody, or what they have written: it can be taken back with
    /// [`Outbox::forget`].
    ///
    /// # Errors
    /// As [`Outbox::enqueue`].
    pub async fn enqueue_about<E: Event>(
        &self,
        connection: &mut PgConnection,
        person: UserId,
        event: &E,
    ) -> Result<EventId> {
        self.enqueue_about_all(connection, [Some(person), None], event).await
    }

    /// Leaves an event that tells something personal of up to two people: it is taken back with either of them.
    ///
    /// # Errors
    /// As [`Outbox::enqueue`].
    pub async fn enqueue_about_all<E: Event>(
        &self,
        connection: &mut PgConnection,
        persons: [Option<UserId>; 2],
        event: &E,
    ) -> Result<EventId> {
        Ok(self.insert(connection, persons, std::slice::from_ref(event)).await?[0])
    }

    /// Leaves several events of a kind with one statement; returns their ids in the same order.
    ///
    /// # Errors
    /// As [`Outbox::enqueue`].
    pub async fn enqueue_all<E: Event>(&self, connection: &mut PgConnection, events: &[E]) -> Result<Vec<EventId>> {
        self.insert(connection, [None, None], events).await
    }

    async fn insert<E: Event>(
        &self,
        connection: &mut PgConnection,
        [about, also_about]: [Option<UserId>; 2],
        events: &[E],
    ) -> Result<Vec<EventId>> {
        if stream::owner(E::SUBJECT) != self.owner {
            return Err(Error::internal(format!("{} is not an event of {}", E::SUBJECT, self.owner)));
        }
        let now = self.clock.now();
        let ids: Vec<Uuid> = events.iter().map(|_| EventId::new(now, self.random.bytes()).uuid()).collect();
        let payloads: Vec<Vec<u8>> = events.iter().map(E::encode_to_vec).collect();
        if let Some(large) = payloads.iter().find(|payload| payload.len() > LARGEST_BYTES) {
            return Err(Error::internal(format!("an event {} of {} bytes is too large", E::SUBJECT, large.len())));
        }
        let expires_at = E::KEPT.map(|kept| now + TimeDelta::from_std(kept).unwrap_or(TimeDelta::MAX));
        sqlx::query!(
            "INSERT INTO mesh.outbox (event_id, subject, payload, trace, created_at, expires_at, about, also_about)
             SELECT id, $3, payload, $4, $5, $6, $7, $8 FROM unnest($1::uuid[], $2::bytea[]) AS new (id, payload)",
            &ids,
            &payloads,
            E::SUBJECT,
            serde_json::json!(Trace::current()),
            now,
            expires_at,
            about.map(UserId::uuid),
            also_about.map(UserId::uuid),
        )
        .execute(connection)
        .await?;
        Ok(ids.into_iter().map(EventId::from).collect())
    }

    /// Says that a transaction with events was committed, so that they are published at once. Without it they are
    /// published within a second.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// The service whose events these are.
    pub(crate) fn owner(&self) -> &'static str {
        self.owner
    }

    /// Ends after the next [`Outbox::wake`], or at once if there was one since the last time.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }
}
