//! A batch of messages is applied together, or else one by one, or else not at all.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_nats::jetstream::{AckKind, Message};
use futures::FutureExt as _;
use futures::future::join_all;
use tracing::Instrument as _;

use super::Work;
use crate::delivery::Unreadable;
use crate::signature::Disbelief;
use crate::{Delivery, Failure, dead_letters, trace};

/// How soon another replica may have the messages that we were too ill to apply.
const HANDED_ON_AFTER: Duration = Duration::from_millis(500);

impl Work {
    /// Applies messages and acknowledges them. Fails if we are ill; the messages that were not applied come again.
    pub(super) async fn apply<H, F>(&self, handler: &H, messages: Vec<Message>) -> Result<(), Failure>
    where
        H: Fn(Vec<Delivery>) -> F + Send + Sync,
        F: Future<Output = Result<(), Failure>> + Send,
    {
        if let Some(Ok(info)) = messages.last().map(Message::info) {
            metrics::gauge!("events_consumer_pending", "consumer" => self.name).set(info.pending as f64);
        }
        let mut readable = Vec::with_capacity(messages.len());
        for message in messages {
            match Delivery::read(&self.bus.reading(), &message) {
                Ok(delivery) => {
                    let attempt = message.info().map_or(1, |info| info.delivered.unsigned_abs());
                    readable.push((message, delivery.at_attempt(attempt)));
                }
                Err(Unreadable::NoEvent(failure)) => self.park(&message, &failure).await?,
                Err(Unreadable::Refused(why)) => self.refuse(&message, why).await?,
            }
        }
        if readable.len() > 1 {
            match self.attempt(handler, &readable).await {
                Ok(()) => return self.acknowledge(&readable).await,
                Err(failure) => tracing::debug!(
                    messaging.consumer.group.name = self.name,
                    error = %failure,
                    "a batch failed and is tried one by one"
                ),
            }
        }
        for (index, one) in readable.iter().enumerate() {
            let outcome = match self.attempt(handler, std::slice::from_ref(one)).await {
                Ok(()) => self.acknowledge(std::slice::from_ref(one)).await,
                Err(failure @ Failure::Poison(_)) => self.park(&one.0, &failure).await,
                Err(failure @ Failure::Ill(_)) => Err(failure),
            };
            if let Err(failure) = outcome {
                hand_on(&readable[index..]).await;
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Lets the handler try, and tells the broker meanwhile that we are still at it.
    async fn attempt<H, F>(&self, handler: &H, batch: &[(Message, Delivery)]) -> Result<(), Failure>
    where
        H: Fn(Vec<Delivery>) -> F + Send + Sync,
        F: Future<Output = Result<(), Failure>> + Send,
    {
        let span = tracing::info_span!(
            "consume",
            otel.name = format!("process {}", self.name),
            otel.kind = "consumer",
            messaging.system = "nats",
            messaging.destination.name = batch[0].1.subject(),
            messaging.consumer.group.name = self.name,
            messaging.batch.message_count = batch.len(),
        );
        trace::follow(&span, batch.iter().map(|(_, delivery)| delivery.headers()));
        let deliveries = batch.iter().map(|(_, delivery)| delivery.clone()).collect();
        let mut handling =
            std::pin::pin!(AssertUnwindSafe(async { handler(deliveries).await }.instrument(span)).catch_unwind());
        loop {
            match tokio::time::timeout(self.bus.config.ack_wait / 3, &mut handling).await {
                Ok(Ok(outcome)) => return outcome,
                Ok(Err(_)) => return Err(Failure::poison("the handler panicked")),
                Err(_) => tell(batch, AckKind::Progress).await,
            }
        }
    }

    async fn acknowledge(&self, batch: &[(Message, Delivery)]) -> Result<(), Failure> {
        // One that is lost on the way only means that the event comes again.
        tell(batch, AckKind::Ack).await;
        metrics::counter!("events_consumed_total", "consumer" => self.name).increment(batch.len() as u64);
        Ok(())
    }

    async fn park(&self, message: &Message, why: &Failure) -> Result<(), Failure> {
        dead_letters::park(&self.bus, (self.service, self.name), message, &why.to_string()).await?;
        tracing::error!(
            messaging.destination.name = message.subject.as_str(),
            messaging.consumer.group.name = self.name,
            error = %why,
            "an event is parked among the dead letters"
        );
        message.ack().await.map_err(Failure::ill)
    }

    /// Puts away what does not come from whom it says. It is not thrown away: it may be an event from before the
    /// upgrade, or ours may be the wrong key.
    async fn refuse(&self, message: &Message, why: Disbelief) -> Result<(), Failure> {
        self.refusals.note(self.name, &message.subject, why);
        dead_letters::park(&self.bus, (self.service, self.name), message, &why.to_string()).await?;
        message.ack().await.map_err(Failure::ill)
    }
}

async fn hand_on(batch: &[(Message, Delivery)]) {
    tell(batch, AckKind::Nak(Some(HANDED_ON_AFTER))).await;
}

async fn tell(batch: &[(Message, Delivery)], kind: AckKind) {
    for outcome in join_all(batch.iter().map(|(message, _)| message.ack_with(kind))).await {
        if let Err(error) = outcome {
            tracing::debug!(error = %error, "the broker was not told of a message");
        }
    }
}
