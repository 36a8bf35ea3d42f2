//! What the service hears and who hears it: a stand-in for `subtasks`, and a listener.

use async_nats::jetstream;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Delivery, Event, Failure, Outbox, Relay, Work};
use labelmesh_proto::{
    subtasks::v1::{ClosingCause, SubtaskDecided, SubtaskStarved, VoteCount},
    tasks::v1::{Task, TaskCancelled, TaskCompleted, TaskFinishedEarly, TaskImagesAdded, TaskOpened},
};
use labelmesh_testkit::{TestBroker, TestDatabase};
use prost_types::Timestamp;
use sqlx::{PgPool, migrate::Migrator};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Publishes as `subtasks` does: through an outbox in a database of its own.
pub(crate) struct Publisher {
    database: PgPool,
    outbox: Outbox,
    relay: Relay,
    _database: TestDatabase,
}

impl Publisher {
    pub(crate) async fn start(broker: &TestBroker, clock: &Clock) -> Self {
        let none =
            async |url: &str| Ok(labelmesh_pg::migrate(url, Migrator::with_migrations(vec![]), "publisher").await?);
        let database = TestDatabase::create("publisher", none).await;
        let (pool, bus) = (database.pool(), broker.bus().await);
        let outbox = Outbox::new("subtasks", clock.clone(), Random::system());
        let relay = Relay::new(&pool, &outbox, &bus);
        // Makes the stream, for which the service waits.
        relay.publish_all().await.expect("a stream");
        Self { database: pool, outbox, relay, _database: database }
    }

    pub(super) async fn publish<E: Event>(&self, events: &[E]) {
        let mut connection = self.database.acquire().await.expect("a connection");
        self.outbox.enqueue_all(&mut connection, events).await.expect("enqueued");
        self.relay.publish_all().await.expect("published");
    }
}

/// Hears everything that `tasks` publishes.
pub(super) struct Listener {
    heard: Mutex<(mpsc::UnboundedReceiver<Delivery>, Vec<Delivery>)>,
    _running: DropGuard,
}

impl Listener {
    pub(super) async fn start(broker: &TestBroker) -> Self {
        let bus = broker.bus().await;
        let subjects = [
            TaskOpened::SUBJECT,
            TaskImagesAdded::SUBJECT,
            TaskFinishedEarly::SUBJECT,
            TaskCancelled::SUBJECT,
            TaskCompleted::SUBJECT,
        ];
        let (sender, receiver) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let work = Work::new(&bus, "listener", &subjects).batch(64);
        let hear = move |batch: Vec<Delivery>| {
            let sender = sender.clone();
            async move {
                for delivery in batch {
                    // The test may be over.
                    let _ = sender.send(delivery);
                }
                Ok::<(), Failure>(())
            }
        };
        tokio::spawn(work.run(hear, stop.clone()));
        Self { heard: Mutex::new((receiver, Vec::new())), _running: stop.drop_guard() }
    }

    /// The next event of this kind; those of other kinds are kept for whoever asks.
    pub(super) async fn next<E: Event>(&self) -> E {
        let mut heard = self.heard.lock().await;
        let (receiver, kept) = &mut *heard;
        let delivery = match kept.iter().position(Delivery::is::<E>) {
            Some(index) => kept.remove(index),
            None => loop {
                let delivery = receiver.recv().await.expect("it listens");
                if delivery.is::<E>() {
                    break delivery;
                }
                kept.push(delivery);
            },
        };
        delivery.decode().expect("an event")
    }
}

/// How many events were parked.
pub(super) async fn dead_letters(broker: &TestBroker) -> u64 {
    let client = async_nats::connect(broker.url()).await.expect("a broker");
    let stream = jetstream::new(client).get_stream(format!("{}-dead", broker.prefix())).await.expect("dead letters");
    stream.cached_info().state.messages
}

/// An image got its three votes.
pub(crate) fn decided(task: &Task, image_id: &str, label: &str) -> SubtaskDecided {
    SubtaskDecided {
        subtask_id: image_id.to_owned(),
        version: 4,
        task_id: task.task_id.clone(),
        label: label.to_owned(),
        confidence: 1.0,
        rule: "plurality".to_owned(),
        cause: ClosingCause::VotesComplete.into(),
        contested: false,
        votes: vec![VoteCount { label: label.to_owned(), votes: 3 }],
        occurred_at: Some(Timestamp { seconds: 1_800_000_100, nanos: 0 }),
    }
}

/// An image was closed without votes.
pub(crate) fn undecided(task: &Task, image_id: &str) -> SubtaskDecided {
    SubtaskDecided {
        label: String::new(),
        confidence: 0.0,
        cause: ClosingCause::FinishedEarly.into(),
        votes: Vec::new(),
        ..decided(task, image_id, "")
    }
}

/// Three operators have skipped an image.
pub(crate) fn starved(task: &Task, image_id: &str) -> SubtaskStarved {
    SubtaskStarved {
        subtask_id: image_id.to_owned(),
        version: 2,
        task_id: task.task_id.clone(),
        skips: 3,
        occurred_at: Some(Timestamp { seconds: 1_800_000_100, nanos: 0 }),
    }
}
