//! Stands in for a service of which the one under test hears events.

use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Event, Outbox, Relay};
use sqlx::{PgPool, migrate::Migrator};

use crate::{TestBroker, TestDatabase};

/// Publishes as a service does: through an outbox in a database of its own.
pub struct Publisher {
    pool: PgPool,
    outbox: Outbox,
    relay: Relay,
    _database: TestDatabase,
}

impl Publisher {
    /// One that publishes as the service `owner`, whose stream exists from now on.
    ///
    /// # Panics
    /// If a server does not answer.
    pub async fn start(broker: &TestBroker, owner: &'static str, clock: &Clock) -> Self {
        let none =
            async |url: &str| Ok(labelmesh_pg::migrate(url, Migrator::with_migrations(vec![]), "publisher").await?);
        let database = TestDatabase::create("publisher", none).await;
        let pool = database.pool();
        let outbox = Outbox::new(owner, clock.clone(), Random::system());
        let relay = Relay::new(&pool, &outbox, &broker.bus_of(owner, clock.clone()).await);
        // Publishing nothing makes the stream, which its consumers wait for.
        relay.publish_all().await.expect("the stream is made");
        Self { pool, outbox, relay, _database: database }
    }

    /// Publishes events; they are with the broker when this returns.
    ///
    /// # Panics
    /// If a server does not answer.
    pub async fn publish<E: Event>(&self, events: &[E]) {
        let mut connection = self.pool.acquire().await.expect("a connection");
        self.outbox.enqueue_all(&mut connection, events).await.expect("the events are enqueued");
        self.relay.publish_all().await.expect("the events are published");
    }
}
