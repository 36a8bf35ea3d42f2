//! Work that the replicas of a service share.

mod batch;
mod pull;

use async_nats::jetstream::consumer::{self as nats_consumer, AckPolicy, DeliverPolicy, pull as nats};
use tokio_util::sync::CancellationToken;

use crate::dead_letters::parked;
use crate::patience::Patience;
use crate::signature::Refusals;
use crate::{Bus, Consumer, Delivery, Failure, Readiness, stream};

/// How many messages may be with all replicas together.
const MOST_UNACKNOWLEDGED: i64 = 4_096;

/// A durable consumer that all replicas of a service share: every event comes to one of them, at least once, in no
/// particular order.
pub struct Work {
    bus: Bus,
    name: &'static str,
    /// The service that it belongs to.
    service: &'static str,
    subjects: Vec<&'static str>,
    batch: usize,
    refusals: Refusals,
    readiness: Readiness,
}

/// Where the messages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The stream of the service that publishes them.
    Publisher,
    /// The dead letters that were redriven.
    Redriven,
}

impl Work {
    /// A consumer that the contract declares. One purpose, one consumer, so that trouble with one holds up no other.
    #[must_use]
    pub fn of(bus: &Bus, consumer: &Consumer) -> Self {
        Self::new(bus, consumer.name, consumer.subjects)
    }

    /// A consumer of these subjects, all of one service. Its name, `<service>` or `<service>-<purpose>`, is unique on
    /// the broker, which lets a service have those alone that the contract declares.
    ///
    /// # Panics
    /// If there are no subjects, or of different services.
    #[must_use]
    pub fn new(bus: &Bus, name: &'static str, subjects: &[&'static str]) -> Self {
        let owner = subjects.first().map(|subject| stream::owner(subject));
        let one = owner.is_some() && subjects.iter().all(|subject| Some(stream::owner(subject)) == owner);
        assert!(one, "a consumer has subjects of one service");
        Self {
            bus: bus.clone(),
            name,
            service: name.split_once('-').map_or(name, |(service, _)| service),
            subjects: subjects.to_vec(),
            batch: 1,
            refusals: Refusals::default(),
            readiness: Readiness::default(),
        }
    }

    /// Hands over up to this many events at once; one unless said otherwise.
    #[must_use]
    pub fn batch(mut self, most: usize) -> Self {
        self.batch = most.max(1);
        self
    }

    /// Its name on the broker.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Tells whether the stream exists and the consumer can pull.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// Consumes until `stop`; a batch that was begun is finished.
    ///
    /// `handler` applies all events that it is given, or none, and must not mind seeing one again. If it fails with
    /// several they come again one by one; one that can never be applied is parked among the dead letters; when we
    /// are ill, pulling stops for a while, which counts against no event. A panic counts as a failure of the event.
    pub async fn run<H, F>(self, handler: H, stop: CancellationToken)
    where
        H: Fn(Vec<Delivery>) -> F + Send + Sync,
        F: Future<Output = Result<(), Failure>> + Send,
    {
        // An alert sees the first fault only where there was a zero before it.
        parked(self.name).increment(0);
        Refusals::begin(self.name);
        tokio::join!(
            self.keep_consuming(Source::Publisher, &handler, &stop),
            self.keep_consuming(Source::Redriven, &handler, &stop)
        );
    }

    /// Consumes from one source until `stop`.
    async fn keep_consuming<H, F>(&self, source: Source, handler: &H, stop: &CancellationToken)
    where
        H: Fn(Vec<Delivery>) -> F + Send + Sync,
        F: Future<Output = Result<(), Failure>> + Send,
    {
        let mut patience = self.bus.patience();
        self.works(source, false);
        while !stop.is_cancelled() {
            if let Err(failure) = self.consume(source, handler, &mut patience, stop).await {
                self.works(source, false);
                metrics::counter!("events_consumer_interruptions_total", "consumer" => self.name).increment(1);
                tracing::warn!(messaging.consumer.group.name = self.name, error = %failure, "consuming is interrupted");
                patience.wait(&self.bus, stop).await;
            }
        }
    }

    /// Says whether it has the stream of its events and can pull. Letters are redriven only when somebody asks for it.
    fn works(&self, source: Source, works: bool) {
        if source == Source::Publisher {
            self.readiness.set(works);
            metrics::gauge!("events_consumer_works", "consumer" => self.name).set(f64::from(u8::from(works)));
        }
    }

    /// Consumes until there is trouble with the broker or with us.
    async fn consume<H, F>(
        &self,
        source: Source,
        handler: &H,
        patience: &mut Patience,
        stop: &CancellationToken,
    ) -> Result<(), Failure>
    where
        H: Fn(Vec<Delivery>) -> F + Send + Sync,
        F: Future<Output = Result<(), Failure>> + Send,
    {
        let consumer = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            consumer = self.attach(source) => consumer?,
        };
        self.works(source, true);
        loop {
            let messages = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                messages = self.pull(&consumer) => messages?,
            };
            if !messages.is_empty() {
                self.apply(handler, messages).await?;
            }
            // Only now: a consumer that attaches and then fails with every event must not hammer.
            patience.restore();
        }
    }

    /// Creates or updates the consumer on the broker. The stream of events is its publisher's to create.
    async fn attach(&self, source: Source) -> Result<nats_consumer::Consumer<nats::Config>, Failure> {
        self.bus.connected().await;
        let (stream, mut subjects) = match source {
            Source::Publisher => {
                let subjects = self.subjects.iter().map(|subject| self.bus.subject(subject)).collect();
                (stream::name(&self.bus, stream::owner(self.subjects[0])), subjects)
            }
            Source::Redriven => {
                stream::ensure_letters(&self.bus, self.service).await.map_err(Failure::ill)?;
                let subject = self.bus.subject(&format!("redriven.{}.{}", self.service, self.name));
                (stream::letters(&self.bus, self.service), vec![subject])
            }
        };
        let stream = self.bus.jetstream.get_stream(&stream).await.map_err(Failure::ill)?;
        // One subject is asked for in another way than several: the broker can hold a service to it.
        let subject = if subjects.len() == 1 { subjects.remove(0) } else { String::new() };
        let config = nats::Config {
            durable_name: Some(self.name.to_owned()),
            filter_subject: subject,
            filter_subjects: subjects,
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.bus.config.ack_wait,
            // For ever: a message is never given up because *we* were ill.
            max_deliver: -1,
            max_ack_pending: MOST_UNACKNOWLEDGED,
            ..nats::Config::default()
        };
        stream.create_consumer(config).await.map_err(Failure::ill)
    }
}
