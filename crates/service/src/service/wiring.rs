//! What services are wired to: their database, the broker, and work in the background.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use labelmesh_events::{Bus, Delivery, Failure, Outbox, Relay, Work, inbox};
use labelmesh_pg::{is_migrated, requests};
use labelmesh_seal::{PageTokens, SealKeys, Sealer};
use sqlx::{PgPool, migrate::Migrator};
use tokio::sync::Notify;

use super::{Service, periodic};

/// How often the tables that remember requests and events are purged.
const PURGE_EVERY: Duration = Duration::from_secs(10 * 60);

impl Service {
    /// The service's database. The service is ready while the database answers and `migrations` are applied. The shared
    /// tables that remember requests and events are purged in the background.
    ///
    /// # Errors
    /// Fails where the URL is not valid.
    pub fn database(&mut self, config: &labelmesh_pg::Config, migrations: Migrator) -> Result<PgPool> {
        let pool = labelmesh_pg::connect(config, self.name)?;
        self.ready_when("database", &(pool.clone(), Arc::new(migrations)), |(pool, migrations)| async move {
            ensure!(is_migrated(&pool, &migrations).await?, "the database is not migrated");
            Ok(())
        });
        let clock = self.clock();
        self.every("forget repeats", PURGE_EVERY, &(pool.clone(), clock), |(pool, clock)| async move {
            requests::purge(&pool, clock.now()).await?;
            inbox::purge(&pool, clock.now()).await
        });
        Ok(pool)
    }

    /// The connection to the broker. The service starts without it.
    ///
    /// # Errors
    /// Fails where the configuration is not valid, would let others speak for the service or read along, or lacks a
    /// key: the service's own if it publishes events, and that of every service of which it hears some.
    pub async fn bus(&mut self, config: &labelmesh_events::Config) -> Result<Bus> {
        let keys = self.basics.identity.event_keys(self.name)?;
        Ok(Bus::connect(config, self.name, keys, self.clock(), self.random()).await?)
    }

    /// The outbox of the service's events, which a relay publishes in the background. Events wait there while the
    /// broker is away, so the relay is no condition of readiness; `events_relay_works` tells how it is.
    pub fn outbox(&mut self, pool: &PgPool, bus: &Bus) -> Outbox {
        let outbox = Outbox::new(self.name, self.clock(), self.random());
        let relay = Relay::new(pool, &outbox, bus);
        self.spawn("relay", |stop| relay.run(stop));
        outbox
    }

    /// Adds a consumer, whose `handler` gets a clone of `app` and a batch of events. No call needs it, so it is no
    /// condition of readiness either; `events_consumer_works` tells how it is.
    pub fn consume<A, F>(
        &mut self,
        work: Work,
        app: &A,
        handler: impl Fn(A, Vec<Delivery>) -> F + Send + Sync + 'static,
    ) where
        A: Clone + Send + Sync + 'static,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let (name, app) = (work.name(), app.clone());
        self.spawn(name, |stop| work.run(move |batch| handler(app.clone(), batch), stop));
    }

    /// Adds work that is done at the start and then every `period`; see [`Service::when_woken`].
    pub fn every<A, F, T>(
        &mut self,
        name: &'static str,
        period: Duration,
        app: &A,
        work: impl Fn(A) -> F + Send + Sync + 'static,
    ) where
        A: Clone + Send + Sync + 'static,
        F: Future<Output = labelmesh_errors::Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.when_woken(name, &Arc::default(), period, app, work);
    }

    /// Adds work that is done at the start, whenever `wake` is notified, and every `period` in any case: for what a
    /// replica that died has left. The work gets a clone of `app`. A failure is logged, and the work is done again at
    /// its next time. What is under way when the service stops is dropped after a second, so it has to bear that.
    pub fn when_woken<A, F, T>(
        &mut self,
        name: &'static str,
        wake: &Arc<Notify>,
        period: Duration,
        app: &A,
        work: impl Fn(A) -> F + Send + Sync + 'static,
    ) where
        A: Clone + Send + Sync + 'static,
        F: Future<Output = labelmesh_errors::Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let (wake, app) = (wake.clone(), app.clone());
        let work = move || work(app.clone());
        self.spawn(name, |stop| async move { periodic::keep_doing(name, period, &wake, work, stop).await });
    }

    /// Makes and reads the service's page tokens.
    #[must_use]
    pub fn page_tokens(&self, keys: &SealKeys) -> PageTokens {
        PageTokens::new(Sealer::new(keys, self.random()))
    }
}
