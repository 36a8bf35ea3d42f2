//! A service that publishes and one that consumes, on one database.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::Result;
use labelmesh_events::{Bus, Delivery, Event as _, Failure, Outbox, Relay, Work, inbox};
use labelmesh_pg::run_tx;
use labelmesh_proto::tasks::v1::TaskOpened;
use labelmesh_servers::{Nats, Postgres};
use labelmesh_testkit::{TestBroker, TestDatabase};
use sqlx::PgPool;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::tracing_context;

/// Far longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// One side's view of the system.
pub(crate) struct System {
    pub(crate) pool: PgPool,
    pub(crate) bus: Bus,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    applied: watch::Sender<()>,
    stop: CancellationToken,
    _running: DropGuard,
    // Last, so that servers are cleaned when nobody uses them.
    pub(crate) broker: TestBroker,
    _database: TestDatabase,
}

impl System {
    /// On the shared PostgreSQL.
    pub(crate) async fn start() -> Self {
        let database = TestDatabase::create("eventtest", migrate).await;
        Self::with(database, TestBroker::create().await).await
    }

    /// On servers of the test's own where it has some.
    pub(crate) async fn start_on(postgres: Option<&Postgres>, nats: Option<&Nats>) -> Self {
        let database = match postgres {
            Some(postgres) => TestDatabase::create_on(postgres, "eventtest", migrate).await,
            None => TestDatabase::create("eventtest", migrate).await,
        };
        let broker = match nats {
            Some(nats) => TestBroker::create_on(nats),
            None => TestBroker::create().await,
        };
        Self::with(database, broker).await
    }

    async fn with(database: TestDatabase, broker: TestBroker) -> Self {
        tracing_context::install();
        let clock = Clock::manual(DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("a time"));
        let stop = CancellationToken::new();
        Self {
            pool: database.pool(),
            bus: broker.bus_of("tasks", clock.clone()).await,
            outbox: Outbox::new("tasks", clock.clone(), Random::system()),
            clock,
            applied: watch::Sender::new(()),
            _running: stop.clone().drop_guard(),
            stop,
            broker,
            _database: database,
        }
    }

    pub(crate) fn relay(&self) -> Relay {
        Relay::new(&self.pool, &self.outbox, &self.bus)
    }

    /// Publishes in the background until the test ends.
    pub(crate) fn start_relay(&self) -> JoinHandle<()> {
        tokio::spawn(self.relay().run(self.stop.clone()))
    }

    /// Ends with the test, or before.
    pub(crate) fn stop(&self) -> CancellationToken {
        self.stop.child_token()
    }

    /// Commits a change with an event.
    pub(crate) async fn open_task(&self, number: u64) -> Result<()> {
        let (outbox, event) = (&self.outbox, opened(number));
        run_tx(&self.pool, "open_task", |tx| {
            let event = event.clone();
            Box::pin(async move { outbox.enqueue(tx, &event).await })
        })
        .await?;
        self.outbox.wake();
        Ok(())
    }

    /// Commits a change with many events.
    pub(crate) async fn open_tasks(&self, numbers: std::ops::Range<u64>) {
        let events: Vec<TaskOpened> = numbers.map(opened).collect();
        let (outbox, events) = (&self.outbox, &events);
        run_tx(&self.pool, "open_tasks", |tx| Box::pin(async move { outbox.enqueue_all(tx, events).await }))
            .await
            .expect("a commit");
    }

    /// A consumer whose effect has no natural key: it counts in a table, guarded by the inbox.
    pub(crate) fn start_counting(&self, name: &'static str) -> JoinHandle<()> {
        let work = Work::new(&self.bus, name, &[TaskOpened::SUBJECT]).batch(50);
        let (pool, clock, applied) = (self.pool.clone(), self.clock.clone(), self.applied.clone());
        let handler = move |deliveries: Vec<Delivery>| {
            let (pool, now, applied) = (pool.clone(), clock.now(), applied.clone());
            async move {
                let outcome = count(&pool, name, &deliveries, now).await;
                applied.send_replace(());
                outcome
            }
        };
        tokio::spawn(work.run(handler, self.stop()))
    }

    /// Which tasks were counted, sorted: twice is twice.
    pub(crate) async fn counted(&self) -> Result<Vec<i64>> {
        Ok(sqlx::query_scalar("SELECT task FROM counted ORDER BY task").fetch_all(&self.pool).await?)
    }

    /// Until so many were counted.
    pub(crate) async fn until_counted(&self, enough: usize) {
        let mut applied = self.applied.subscribe();
        let counting = async {
            while self.counted().await.map_or(0, |counted| counted.len()) < enough {
                applied.changed().await.expect("the sender is ours");
            }
        };
        tokio::time::timeout(PATIENCE, counting).await.expect("all are counted in time");
    }

    /// Takes messages out of a stream as somebody does by hand: all but the newest ones that are to be kept.
    pub(crate) async fn purge(&self, owner: &str, kept: u64) {
        let context = async_nats::jetstream::new(self.broker.client().await);
        let stream = context.get_stream(format!("{}-{owner}", self.broker.prefix())).await.expect("the stream");
        stream.purge().keep(kept).await.expect("purged");
    }

    /// Deletes a consumer as somebody does by hand.
    pub(crate) async fn delete_consumer(&self, owner: &str, name: &str) {
        let context = async_nats::jetstream::new(self.broker.client().await);
        let stream = context.get_stream(format!("{}-{owner}", self.broker.prefix())).await.expect("the stream");
        stream.delete_consumer(name).await.expect("deleted");
    }

    /// What a stream holds: header `name` and payload of each message.
    pub(crate) async fn messages(&self, owner: &str) -> Vec<async_nats::jetstream::Message> {
        let context = async_nats::jetstream::new(self.broker.client().await);
        let name = format!("{}-{owner}", self.broker.prefix());
        let mut stream = context.get_stream(name).await.expect("the stream");
        let count = stream.info().await.expect("an answer").state.messages;
        let config = async_nats::jetstream::consumer::pull::Config {
            ack_policy: async_nats::jetstream::consumer::AckPolicy::None,
            ..Default::default()
        };
        let consumer = stream.create_consumer(config).await.expect("a consumer");
        let most = usize::try_from(count).expect("a number").max(1);
        let fetched = consumer.fetch().max_messages(most).messages().await.expect("messages");
        fetched.try_collect().await.expect("messages")
    }
}

async fn count(pool: &PgPool, consumer: &str, deliveries: &[Delivery], now: DateTime<Utc>) -> Result<(), Failure> {
    let events = deliveries.iter().map(|delivery| Ok((delivery.id(), number(&delivery.decode()?))));
    let events = &events.collect::<Result<Vec<_>, Failure>>()?;
    let ids = &events.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    run_tx(pool, "count", |tx| {
        Box::pin(async move {
            let new = inbox::first_times(tx, consumer, ids, now).await?;
            for (_, task) in events.iter().filter(|(id, _)| new.contains(id)) {
                sqlx::query("INSERT INTO counted (task) VALUES ($1)").bind(task).execute(&mut **tx).await?;
            }
            Ok(())
        })
    })
    .await?;
    Ok(())
}

/// The event that task `number` was opened.
pub(crate) fn opened(number: u64) -> TaskOpened {
    TaskOpened { task_id: number.to_string(), version: 1, ..TaskOpened::default() }
}

/// The number in it.
pub(crate) fn number(event: &TaskOpened) -> i64 {
    event.task_id.parse().expect("a number")
}

async fn migrate(owner_url: &str) -> anyhow::Result<()> {
    let sql = sqlx::SqlSafeStr::into_sql_str("CREATE TABLE counted (task bigint NOT NULL)");
    let counted = Migration::new(1, Cow::Borrowed("counted"), MigrationType::Simple, sql, false);
    let own = Migrator::with_migrations(vec![counted]);
    Ok(labelmesh_pg::migrate(owner_url, own, "eventtest").await?)
}
