//! The relay publishes what is in the outbox. Every replica runs one; rows are shared among them by their locks.

mod publish;
mod purge;
mod store;

use std::time::Duration;

use labelmesh_errors::{Error, Result};
use sqlx::PgPool;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::patience::Patience;
use crate::{Bus, Outbox, stream};

/// How many rows one transaction takes.
const BATCH: usize = 256;
/// How often to look for rows without being woken: those of a replica that died.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// How often to look at the stream and count the rows that wait.
const LOOK_EVERY: Duration = Duration::from_secs(10);
const PURGE_EVERY: Duration = Duration::from_secs(10 * 60);

/// The task that publishes a service's events.
pub struct Relay {
    pool: PgPool,
    outbox: Outbox,
    bus: Bus,
}

impl Relay {
    /// A relay for this outbox.
    #[must_use]
    pub fn new(pool: &PgPool, outbox: &Outbox, bus: &Bus) -> Self {
        Self { pool: pool.clone(), outbox: outbox.clone(), bus: bus.clone() }
    }

    /// Publishes until `stop`. Trouble with the broker or the database is waited out.
    pub async fn run(self, stop: CancellationToken) {
        let mut patience = self.bus.patience();
        self.works(false);
        let purging = self.keep_purged();
        let publishing = async {
            while !stop.is_cancelled() {
                let Err(error) = self.publish_until_trouble(&mut patience, &stop).await else { return };
                metrics::counter!("events_relay_failures_total").increment(1);
                self.works(false);
                tracing::warn!(error = %chain(&error), "can't publish events at present");
                patience.wait(&self.bus, &stop).await;
            }
        };
        tokio::select! {
            () = publishing => {}
            () = purging => {}
        }
    }

    /// Publishes everything that waits now and returns how many events that were: for tests and for a drain.
    ///
    /// # Errors
    /// Unavailable if the broker or the database is.
    pub async fn publish_all(&self) -> Result<u64> {
        self.look().await?;
        let mut published = 0;
        loop {
            let batch = self.publish_batch().await?;
            published += batch;
            if batch == 0 && !self.refill().await? {
                return Ok(published);
            }
        }
    }

    async fn publish_until_trouble(&self, patience: &mut Patience, stop: &CancellationToken) -> Result<()> {
        // The stream must be looked at after every trouble and reconnection: it may be another one than before.
        let mut looked: Option<(Instant, u64)> = None;
        loop {
            if !self.bus.is_connected() {
                self.works(false);
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.bus.connected() => {}
            }
            let connections = self.bus.connections();
            if looked.is_none_or(|(when, what)| when.elapsed() >= LOOK_EVERY || what != connections) {
                self.look().await?;
                looked = Some((Instant::now(), connections));
            }
            let published = self.publish_batch().await?;
            patience.restore();
            self.works(true);
            // What is published again comes after what is new, a batch at a time.
            if published == BATCH as u64 || self.refill().await? {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.outbox.woken() => {}
                () = tokio::time::sleep(SWEEP_EVERY) => {}
            }
        }
    }

    /// Makes sure of the stream and notices if it is not the one we published to.
    async fn look(&self) -> Result<()> {
        // Asked before the broker, so that its answer covers what we believe.
        let newest = store::newest_sequence(&self.pool).await?;
        let info = stream::ensure(&self.bus, self.outbox.owner()).await.map_err(Error::unavailable)?;
        store::observe(&self.pool, &self.stream(), &info, newest, self.outbox.clock().now()).await?;
        store::measure(&self.pool, self.outbox.clock().now()).await
    }

    /// One step of a refill, if one is under way. Tells whether there may be more.
    async fn refill(&self) -> Result<bool> {
        store::refill(&self.pool, &self.stream(), self.outbox.clock().now()).await
    }

    /// Says whether events leave.
    fn works(&self, works: bool) {
        metrics::gauge!("events_relay_works", "stream" => self.outbox.owner()).set(f64::from(u8::from(works)));
    }

    fn stream(&self) -> String {
        stream::name(&self.bus, self.outbox.owner())
    }

    async fn keep_purged(&self) {
        let mut ticks = tokio::time::interval(PURGE_EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = purge::purge(&self.pool, self.outbox.clock().now()).await {
                tracing::warn!(error = %chain(&error), "could not purge the outbox");
            }
        }
    }
}

fn chain(error: &Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
