//! Publishing without an outbox.

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::message::PublishMessage;
use chrono::TimeDelta;
use labelmesh_errors::{Error, Result};
use labelmesh_ids::EventId;

use crate::{Bus, Event, Trace, expiry, stream};

impl Bus {
    /// Publishes an event and waits until the broker has stored it: for a process that has no database, and tells what
    /// it would tell again if it had to. Whoever calls this again has it published twice. The stream is there once the
    /// service has published something through its outbox.
    ///
    /// # Errors
    /// Unavailable if the broker does not take it; whether it has is unknown then. Internal without a key to sign with.
    pub async fn publish<E: Event>(&self, event: &E) -> Result<EventId> {
        let now = self.clock.now();
        let id = EventId::new(now, self.random.bytes());
        let payload = event.encode_to_vec();
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, id.to_string());
        Trace::current().write(&mut headers);
        if let Some(kept) = E::KEPT {
            expiry::set(&mut headers, now + TimeDelta::from_std(kept).unwrap_or(TimeDelta::MAX), now);
        }
        if !self.keys.sign(&mut headers, id, E::SUBJECT, &payload) {
            let owner = stream::owner(E::SUBJECT);
            return Err(Error::internal(format!("there is no key to sign events of {owner} with")));
        }
        let message = PublishMessage::build().payload(payload.into()).headers(headers);
        let sent = self.jetstream.send_publish(self.subject(E::SUBJECT), message).await.map_err(Error::unavailable)?;
        sent.await.map_err(Error::unavailable)?;
        Ok(id)
    }
}
