//! The streams on the broker: one for each service that publishes, one for the dead letters of
//! each that consumes.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::jetstream::context::CreateStreamError;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};
use chrono::{DateTime, Utc};

use crate::Bus;

/// How long the broker keeps an event.
pub(crate) const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long the broker keeps what could not be consumed.
const DEAD_LETTERS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long the broker recognises an event that is published twice.
const DUPLICATES_KNOWN: Duration = Duration::from_secs(10 * 60);

/// The name of the stream of a service.
pub(crate) fn name(bus: &Bus, owner: &str) -> String {
    format!("{}-{owner}", bus.config.prefix)
}

/// The service that owns a subject.
pub(crate) fn owner(subject: &str) -> &str {
    subject.split_once('.').map_or(subject, |(owner, _)| owner)
}

/// Creates or updates the stream of a service. The publisher calls this before it publishes.
pub(crate) async fn ensure(bus: &Bus, owner: &str) -> Result<Info, CreateStreamError> {
    let config = Config {
        description: Some(format!("Events of the {owner} service")),
        subjects: vec![bus.subject(&format!("{owner}.>"))],
        max_age: KEPT,
        duplicate_window: DUPLICATES_KNOWN,
        // Events that must not live as long as others carry their own end.
        allow_message_ttl: true,
        ..base(bus, name(bus, owner))
    };
    bus.jetstream.create_or_update_stream(config).await
}

/// The name of the stream with the dead letters of a service's consumers.
pub(crate) fn letters(bus: &Bus, service: &str) -> String {
    name(bus, &format!("{service}-letters"))
}

/// Creates or updates the stream of dead letters of a service. Each of its consumers calls this.
pub(crate) async fn ensure_letters(bus: &Bus, service: &str) -> Result<(), CreateStreamError> {
    let config = Config {
        description: Some(format!(
            "What consumers of the {service} service could not apply, and what is redriven of it"
        )),
        subjects: vec![bus.subject(&format!("letter.{service}.*")), bus.subject(&format!("redriven.{service}.*"))],
        max_age: DEAD_LETTERS_KEPT,
        duplicate_window: DUPLICATES_KNOWN,
        // A letter ends with its event.
        allow_message_ttl: true,
        ..base(bus, letters(bus, service))
    };
    bus.jetstream.create_or_update_stream(config).await.map(drop)
}

/// When a stream was created, which tells a store from another: to the microsecond, as PostgreSQL keeps it.
pub(crate) fn created(info: &Info) -> DateTime<Utc> {
    let micros = i64::try_from(info.created.unix_timestamp_nanos() / 1_000).unwrap_or_default();
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

fn base(bus: &Bus, name: String) -> Config {
    Config {
        name,
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        num_replicas: bus.config.replicas,
        allow_direct: true,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_bytes: -1,
        max_message_size: -1,
        max_consumers: -1,
        metadata: HashMap::new(),
        ..Config::default()
    }
}
