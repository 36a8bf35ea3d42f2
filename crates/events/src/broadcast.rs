//! What every replica must hear.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use futures::StreamExt as _;
use tokio_util::sync::CancellationToken;

use crate::delivery::Unreadable;
use crate::signature::Refusals;
use crate::{Bus, Delivery, Failure, Readiness, stream};

/// How often the broker gives a sign of life. After twice as long without one, the connection counts as lost.
const HEARTBEAT: Duration = Duration::from_secs(2);
const PULL_EXPIRES: Duration = Duration::from_secs(20);
/// How long the broker remembers a replica that is gone.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);

/// What a replica hears.
#[derive(Debug)]
pub enum Heard {
    /// Events may have been missed: what was concluded from earlier ones no longer holds. Comes first of all, and
    /// again after every interruption, when events are heard again.
    Gap,
    /// An event.
    Event(Delivery),
}

/// A consumer that each replica has for itself: in order, from the present on, without acknowledgements.
pub struct Broadcast {
    bus: Bus,
    subject: &'static str,
    refusals: Refusals,
    readiness: Readiness,
}

impl Broadcast {
    /// Hears the events of this subject. The contract must say that the service listens to it, or the broker refuses.
    #[must_use]
    pub fn new(bus: &Bus, subject: &'static str) -> Self {
        Self { bus: bus.clone(), subject, refusals: Refusals::default(), readiness: Readiness::default() }
    }

    /// Tells whether events are heard at present.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// Listens until `stop`.
    pub async fn run<H, F>(self, handler: H, stop: CancellationToken)
    where
        H: Fn(Heard) -> F + Send + Sync,
        F: Future<Output = ()> + Send,
    {
        let mut patience = self.bus.patience();
        self.works(false);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                error = self.listen(&handler, &mut patience) => {
                    self.works(false);
                    tracing::warn!(error = %error, "broadcast events are interrupted");
                }
            }
            patience.wait(&self.bus, &stop).await;
        }
    }

    /// Ends with the first trouble: what comes after it is another consumer, from then on.
    async fn listen<H, F>(&self, handler: &H, patience: &mut crate::patience::Patience) -> Failure
    where
        H: Fn(Heard) -> F + Send + Sync,
        F: Future<Output = ()> + Send,
    {
        self.bus.connected().await;
        let mut messages = match self.subscribe().await {
            Ok(messages) => messages,
            Err(failure) => return failure,
        };
        handler(Heard::Gap).await;
        self.works(true);
        patience.restore();
        let mut expected = 1;
        while let Some(message) = messages.next().await {
            let message = match message {
                Ok(message) => message,
                Err(error) => return Failure::ill(error),
            };
            let Ok(info) = message.info() else { return Failure::ill("a message without its place") };
            if info.consumer_sequence != expected {
                return Failure::ill("messages are missing");
            }
            expected += 1;
            match Delivery::read(&self.bus.reading(), &message) {
                Ok(delivery) => handler(Heard::Event(delivery)).await,
                Err(Unreadable::Refused(why)) => self.refusals.note(self.bus.application(), self.subject, why),
                // Nobody else could make sense of it either.
                Err(failure) => tracing::error!(error = %failure, "a broadcast event is left out"),
            }
        }
        Failure::ill("the broker has ended the consumer")
    }

    /// Says whether events are heard.
    fn works(&self, works: bool) {
        self.readiness.set(works);
        metrics::gauge!("events_consumer_works", "consumer" => self.subject).set(f64::from(u8::from(works)));
    }

    async fn subscribe(&self) -> Result<pull::Stream, Failure> {
        let name = stream::name(&self.bus, stream::owner(self.subject));
        let stream = self.bus.jetstream.get_stream(&name).await.map_err(Failure::ill)?;
        let config = pull::Config {
            name: Some(format!("{}-{}", self.bus.application(), hex::encode(self.bus.random.bytes::<8>()))),
            filter_subject: self.bus.subject(self.subject),
            deliver_policy: DeliverPolicy::New,
            ack_policy: AckPolicy::None,
            inactive_threshold: FORGOTTEN_AFTER,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer = stream.create_consumer(config).await.map_err(Failure::ill)?;
        let stream = consumer.stream().heartbeat(HEARTBEAT).expires(PULL_EXPIRES).messages().await;
        stream.map_err(Failure::ill)
    }
}
