//! An event as it comes to a consumer.

use async_nats::{HeaderMap, header};
use bytes::Bytes;
use labelmesh_ids::EventId;
use labelmesh_proto::event::Event;

use crate::{EventKeys, Failure, Trace, signature::Disbelief};

/// The event's id where the message has another one.
pub(crate) const EVENT_ID: &str = "Labelmesh-Event-Id";
/// Where the event was published, where the message was put elsewhere since.
pub(crate) const SUBJECT: &str = "Labelmesh-Subject";

/// One event, perhaps not for the first time.
#[derive(Debug, Clone)]
pub struct Delivery {
    subject: String,
    id: EventId,
    payload: Bytes,
    headers: HeaderMap,
    attempt: u64,
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

    /// How often it was delivered, this time included. It comes again to whoever was not able to apply it, and from a
    /// process that has died or has stopped meanwhile.
    #[must_use]
    pub fn attempt(&self) -> u64 {
        self.attempt
    }

    /// The same, delivered so often.
    pub(crate) fn at_attempt(self, attempt: u64) -> Self {
        Self { attempt, ..self }
    }

    /// The trace in which it was written.
    #[must_use]
    pub fn trace(&self) -> Trace {
        Trace::of_headers(&self.headers)
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Reads a message that is an event of the service which its subject names.
    ///
    /// # Errors
    /// If nobody signed it, or another one than that service; or if it is no event.
    pub fn read(reading: &Reading<'_>, message: &async_nats::Message) -> Result<Self, Unreadable> {
        let subject = reading.origin(message).strip_prefix(reading.prefix).and_then(|rest| rest.strip_prefix('.'));
        let subject = subject.ok_or_else(|| Failure::poison("the subject is none of ours"))?;
        let headers = message.headers.clone().unwrap_or_default();
        // What has no id can't have been signed.
        let id = event_id(&headers).ok_or(Disbelief::Unsigned);
        let believed = id.and_then(|id| reading.keys.verify(&headers, id, subject, &message.payload));
        match believed {
            Err(Disbelief::Unsigned) if reading.accept_unsigned => {}
            believed => believed?,
        }
        let id = id.map_err(|_| Failure::poison("the message has no event id"))?;
        Ok(Self { subject: subject.to_owned(), id, payload: message.payload.clone(), headers, attempt: 1 })
    }
}

/// What a message is read by.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// What the subjects of ours begin with.
    pub prefix: &'a str,
    /// The keys of the services that may be heard.
    pub keys: &'a EventKeys,
    /// Whether an event is read that nobody signed.
    pub accept_unsigned: bool,
}

impl Reading<'_> {
    /// Where the event in a message was published: what is redriven has gone through another subject.
    pub(crate) fn origin<'m>(&self, message: &'m async_nats::Message) -> &'m str {
        let below = message.subject.strip_prefix(self.prefix);
        if !below.is_some_and(|below| below.starts_with(".redriven.")) {
            return &message.subject;
        }
        let headers = message.headers.as_ref();
        headers.and_then(|headers| headers.get(SUBJECT)).map_or("", |subject| subject.as_str())
    }
}

/// Why a message is not handed to anybody.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not believed.
    #[error(transparent)]
    Refused(#[from] Disbelief),
    /// It is no event.
    #[error(transparent)]
    NoEvent(#[from] Failure),
}

/// The id of the event in a message, if it has one.
pub(crate) fn event_id(headers: &HeaderMap) -> Option<EventId> {
    let id = headers.get(EVENT_ID).or_else(|| headers.get(header::NATS_MESSAGE_ID))?;
    id.as_str().parse().ok()
}
