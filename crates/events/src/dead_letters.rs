//! Dead letters: events that could not be applied are parked, looked at, and put back when the cause is mended.

mod park;

use std::fmt;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};

pub(crate) use self::park::{park, parked};
use crate::{Bus, Failure, delivery, expiry, stream};

const CONSUMER: &str = "Labelmesh-Consumer";
const ERROR: &str = "Labelmesh-Error";

/// The dead letters of one service's consumers, as far as there were any when they were opened.
pub struct DeadLetters {
    bus: Bus,
    stream: Stream,
    service: String,
    last: u64,
}

/// A message that a consumer could not apply.
#[derive(Debug)]
pub struct DeadLetter {
    headers: HeaderMap,
    message: StreamMessage,
}

impl DeadLetters {
    /// Opens the dead letters of the consumers of `service`.
    ///
    /// # Errors
    /// Ill if the broker does not answer.
    pub async fn open(bus: &Bus, service: &str) -> Result<Self, Failure> {
        stream::ensure_letters(bus, service).await.map_err(Failure::ill)?;
        let name = stream::letters(bus, service);
        let stream = bus.jetstream.get_stream(name).await.map_err(Failure::ill)?;
        let last = stream.cached_info().state.last_sequence;
        Ok(Self { bus: bus.clone(), stream, service: service.to_owned(), last })
    }

    /// The first letter behind `sequence`, or none. 0 is in front of all.
    ///
    /// # Errors
    /// Ill if the broker does not answer.
    pub async fn next(&self, sequence: u64) -> Result<Option<DeadLetter>, Failure> {
        let all = self.bus.subject(&format!("letter.{}.*", self.service));
        match self.stream.raw_message_builder().sequence(sequence + 1).next_by_subject(all).send().await {
            Ok(message) if message.sequence <= self.last => {
                Ok(Some(DeadLetter { headers: message.headers.clone(), message }))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(Failure::ill(error)),
        }
    }

    /// Gives a letter to its consumer once more, and to no other, and takes it out of the stream. A process that dies
    /// half way leaves it in the stream: if the letter is given once more within ten minutes, the consumer sees it
    /// once; later, perhaps twice.
    ///
    /// False if its event has ended meanwhile: it is given to nobody, and the broker drops it.
    ///
    /// # Errors
    /// Ill if the broker does not answer; the letter is then still there.
    pub async fn redrive(&self, letter: &DeadLetter) -> Result<bool, Failure> {
        let mut headers = letter.headers.clone();
        if !expiry::renew(&mut headers, self.bus.clock.now()) {
            return Ok(false);
        }
        headers.insert(NATS_MESSAGE_ID, format!("redriven:{}", letter.sequence()));
        let message = PublishMessage::build().payload(letter.message.payload.clone()).headers(headers);
        let subject = self.bus.subject(&format!("redriven.{}.{}", self.service, letter.consumer()));
        let sent = self.bus.jetstream.send_publish(subject, message).await.map_err(Failure::ill)?;
        sent.await.map_err(Failure::ill)?;
        self.stream.delete_message(letter.sequence()).await.map_err(Failure::ill)?;
        Ok(true)
    }

    /// Removes the letters whose event has this text in it, such as the id of somebody who was deleted; returns how
    /// many.
    ///
    /// # Errors
    /// Ill if the broker does not answer; again is harmless.
    pub async fn forget(&self, text: &str) -> Result<u64, Failure> {
        let (mut sequence, mut forgotten) = (0, 0);
        while let Some(letter) = self.next(sequence).await? {
            sequence = letter.sequence();
            if letter.message.payload.windows(text.len().max(1)).any(|part| part == text.as_bytes()) {
                self.stream.delete_message(sequence).await.map_err(Failure::ill)?;
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }
}

impl DeadLetter {
    /// Its place in the stream.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.message.sequence
    }

    /// Which consumer could not apply it.
    #[must_use]
    pub fn consumer(&self) -> &str {
        self.header(CONSUMER)
    }

    /// Where it was published.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.header(delivery::SUBJECT)
    }

    /// Why it could not be applied.
    #[must_use]
    pub fn error(&self) -> &str {
        self.header(ERROR)
    }

    fn header(&self, name: &'static str) -> &str {
        self.headers.get(name).map_or("", |value| value.as_str())
    }
}

/// One line: its place, when it was parked, consumer, subject, event and error.
impl fmt::Display for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = self.header(delivery::EVENT_ID);
        let event = if event.is_empty() { "-" } else { event };
        let (parked, consumer, subject) = (self.message.time, self.consumer(), self.subject());
        write!(f, "{} {parked} {consumer} {subject} {event}: {}", self.sequence(), self.error())
    }
}
