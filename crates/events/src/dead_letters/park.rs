//! Putting away what can't be applied.

use async_nats::jetstream::message::PublishMessage;
use async_nats::{HeaderMap, Message, header};
use metrics::Counter;

use super::{CONSUMER, ERROR};
use crate::{Bus, Failure, delivery, expiry, stream};

/// Error texts longer than this are cut.
const LONGEST_ERROR_BYTES: usize = 2_000;

/// Keeps a message with its headers, and the reason, under `letter.<service>.<consumer>`, as long as its event may be
/// kept.
pub(crate) async fn park(
    bus: &Bus,
    (service, consumer): (&str, &str),
    message: &Message,
    why: &str,
) -> Result<(), Failure> {
    stream::ensure_letters(bus, service).await.map_err(Failure::ill)?;
    let mut headers = message.headers.clone().unwrap_or_default();
    if !expiry::renew(&mut headers, bus.clock.now()) {
        tracing::info!(messaging.consumer.group.name = consumer, error = why, "an event ended before it was parked");
        return Ok(());
    }
    if let Some(event) = delivery::event_id(&headers) {
        headers.insert(delivery::EVENT_ID, event.to_string());
    }
    // The first parking counts if the same message comes again.
    let id = format!("{consumer}:{}", id(&headers, message));
    headers.insert(header::NATS_MESSAGE_ID, id.as_str());
    headers.insert(delivery::SUBJECT, bus.reading().origin(message));
    headers.insert(CONSUMER, consumer);
    headers.insert(ERROR, printable(why).as_str());
    let letter = PublishMessage::build().payload(message.payload.clone()).headers(headers);
    let subject = bus.subject(&format!("letter.{service}.{consumer}"));
    let sent = bus.jetstream.send_publish(subject, letter).await.map_err(Failure::ill)?;
    sent.await.map_err(Failure::ill)?;
    parked(consumer).increment(1);
    Ok(())
}

/// Counts the events that a consumer could not apply.
pub(crate) fn parked(consumer: &str) -> Counter {
    metrics::counter!("events_dead_lettered_total", "consumer" => consumer.to_owned())
}

/// The message's id; for a message without one, its place in the stream, which is in the subject for its reply.
fn id(headers: &HeaderMap, message: &Message) -> String {
    let id = headers.get(header::NATS_MESSAGE_ID).map(|id| id.as_str().to_owned());
    id.or_else(|| message.reply.as_ref().map(ToString::to_string)).unwrap_or_default()
}

/// Makes a text fit for a header: no line breaks or other control characters, not too long.
fn printable(text: &str) -> String {
    let mut text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let end = (0..=LONGEST_ERROR_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_fits_into_a_header() {
        assert_eq!(printable("first\r\nsecond"), "first  second");
        assert_eq!(printable(&"é".repeat(2_000)).len(), LONGEST_ERROR_BYTES);
    }
}
