//! An event as it comes to a consumer.

use async_nats::{HeaderMap, header};
use bytes::Bytes;
use labelmesh_ids::EventId;
use labelmesh_proto::event::Event;

use crate::{Bus, Failure, Trace};

/// The event's id where the message has another one.
pub(crate) const EVENT_ID: &str = "Labelmesh-Event-Id";
/// The only consumer that a message is for.
pub(crate) const ONLY_FOR: &str = "Labelmesh-Only-For";

/// One event, perhaps not for the first time.
#[derive(Debug, Clone)]
pub struct Delivery {
    subject: String,
    id: EventId,
    payload: Bytes,
    headers: HeaderMap,
}

impl Delivery {
    /// The id of the event, the same with every delivery.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.id
    }

    /// The subject, such as `tasks.opened`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether it is an event of this kind.
    #[must_use]
    pub fn is<E: Event>(&self) -> bool {
        self.subject == E::SUBJECT
    }

    /// The event itself.
    ///
    /// # Errors
    /// Poison if it is of another kind or can't be decoded.
    pub fn decode<E: Event>(&self) -> Result<E, Failure> {
        if !self.is::<E>() {
            return Err(Failure::poison(format!("{} is not {}", self.subject, E::SUBJECT)));
        }
        E::decode(self.payload.clone()).map_err(Failure::poison)
    }

    /// The trace in which it was written.
    #[must_use]
    pub fn trace(&self) -> Trace {
        Trace::of_headers(&self.headers)
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Whether it is for this consumer: what is redriven is not for those that had applied it.
    pub(crate) fn is_for(&self, consumer: &str) -> bool {
        self.headers.get(ONLY_FOR).is_none_or(|only| only.as_str() == consumer)
    }

    pub(crate) fn read(bus: &Bus, message: &async_nats::Message) -> Result<Self, Failure> {
        let subject = message.subject.strip_prefix(&bus.subject(""));
        let subject = subject.ok_or_else(|| Failure::poison("the subject is none of ours"))?;
        let headers = message.headers.clone().unwrap_or_default();
        let id = event_id(&headers).ok_or_else(|| Failure::poison("the message has no event id"))?;
        Ok(Self { subject: subject.to_owned(), id, payload: message.payload.clone(), headers })
    }
}

/// The id of the event in a message, if it has one.
pub(crate) fn event_id(headers: &HeaderMap) -> Option<EventId> {
    let id = headers.get(EVENT_ID).or_else(|| headers.get(header::NATS_MESSAGE_ID))?;
    id.as_str().parse().ok()
}
