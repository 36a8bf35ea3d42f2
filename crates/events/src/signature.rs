//! Events are signed by the service that publishes them: whoever can reach the broker can't speak for it.
//!
//! Signed are the event's id, its subject, its end and its payload. The service is the subject's first word; a consumer
//! has its public key from the configuration. Headers that change on the way (trace, error) are not signed and not
//! trusted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use async_nats::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use labelmesh_identity::{KeyList, KeyPair, PublicKey};
use labelmesh_ids::EventId;
use metrics::Counter;

use crate::{expiry, stream};

const SIGNATURE: &str = "Labelmesh-Signature";
/// What else the same key signs is no event.
const CONTEXT: &str = "event v1";

/// The keys of events: the service's own, and those of the services that it hears.
#[derive(Debug, Clone, Default)]
pub struct EventKeys {
    /// Signs what the service publishes.
    pub own: Option<KeyPair>,
    /// The public keys of services, by name: an event is good that any of them has signed.
    pub services: BTreeMap<String, KeyList<PublicKey>>,
}

/// Why an event is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    /// It has no signature.
    #[error("nobody has signed it")]
    Unsigned,
    /// Its signature is another one's, or of another event.
    #[error("its signature is not that of the service that it is said to come from")]
    Forged,
}

const UNSIGNED: &str = "unsigned";
const FORGED: &str = "forged";

fn refused(consumer: &str, reason: &'static str) -> Counter {
    metrics::counter!("events_refused_total", "consumer" => consumer.to_owned(), "reason" => reason)
}

/// What a consumer refused: counted each time, logged the first time for each reason.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    unsigned: AtomicBool,
    forged: AtomicBool,
}

impl Refusals {
    /// Begins to count what a consumer refuses.
    pub(crate) fn begin(consumer: &str) {
        for reason in [UNSIGNED, FORGED] {
            refused(consumer, reason).increment(0);
        }
    }

    pub(crate) fn note(&self, consumer: &str, subject: &str, why: Disbelief) {
        let (reason, known) = match why {
            Disbelief::Unsigned => (UNSIGNED, &self.unsigned),
            Disbelief::Forged => (FORGED, &self.forged),
        };
        refused(consumer, reason).increment(1);
        if !known.swap(true, Ordering::Relaxed) {
            tracing::error!(
                messaging.destination.name = subject,
                messaging.consumer.group.name = consumer,
                error = %why,
                "an event is refused; further ones are only counted"
            );
        }
    }
}

impl EventKeys {
    /// Signs an event that is about to be published; false without a key.
    pub(crate) fn sign(&self, headers: &mut HeaderMap, id: EventId, subject: &str, payload: &[u8]) -> bool {
        let Some(key) = &self.own else { return false };
        let signature = key.sign(CONTEXT, &signed(headers, &id.to_string(), subject, payload));
        headers.insert(SIGNATURE, URL_SAFE_NO_PAD.encode(signature));
        true
    }

    /// Makes sure that an event comes from the service that its subject names.
    pub(crate) fn verify(
        &self,
        headers: &HeaderMap,
        id: EventId,
        subject: &str,
        payload: &[u8],
    ) -> Result<(), Disbelief> {
        let signature = headers.get(SIGNATURE).ok_or(Disbelief::Unsigned)?;
        let keys = self.services.get(stream::owner(subject)).ok_or(Disbelief::Forged)?;
        let signature = URL_SAFE_NO_PAD.decode(signature.as_str()).map_err(|_| Disbelief::Forged)?;
        let id = id.to_string();
        let parts = signed(headers, &id, subject, payload);
        let genuine = keys.iter().any(|key| key.has_signed(CONTEXT, &parts, &signature));
        if genuine { Ok(()) } else { Err(Disbelief::Forged) }
    }
}

fn signed<'a>(headers: &'a HeaderMap, id: &'a str, subject: &'a str, payload: &'a [u8]) -> [&'a [u8]; 4] {
    [id.as_bytes(), subject.as_bytes(), expiry::text(headers).as_bytes(), payload]
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use labelmesh_clock::Random;

    use super::*;

    const SUBJECT: &str = "tasks.opened";

    fn id(number: u128) -> EventId {
        uuid::Uuid::from_u128(number).into()
    }

    /// The keys of tasks, a header signed with them, and the keys of a service that hears tasks.
    fn signed_by_tasks() -> (EventKeys, HeaderMap, EventKeys) {
        let pair = KeyPair::generate(&Random::seeded(1));
        let hears = EventKeys { own: None, services: [("tasks".to_owned(), KeyList::one(pair.public()))].into() };
        let keys = EventKeys { own: Some(pair), services: BTreeMap::new() };
        let mut headers = HeaderMap::new();
        expiry::set(&mut headers, DateTime::UNIX_EPOCH + TimeDelta::days(1), DateTime::UNIX_EPOCH);
        assert!(keys.sign(&mut headers, id(7), SUBJECT, b"payload"));
        (keys, headers, hears)
    }

    #[test]
    fn what_is_signed_is_believed_also_when_it_is_stored_again() {
        let (_, mut headers, hears) = signed_by_tasks();
        assert_eq!(hears.verify(&headers, id(7), SUBJECT, b"payload"), Ok(()));
        expiry::renew(&mut headers, DateTime::UNIX_EPOCH + TimeDelta::hours(3));
        headers.insert("traceparent", "another");
        assert_eq!(hears.verify(&headers, id(7), SUBJECT, b"payload"), Ok(()));
    }

    #[test]
    fn nothing_of_it_can_be_changed() {
        let (_, headers, hears) = signed_by_tasks();
        for (id, subject, payload) in
            [(id(8), SUBJECT, "payload"), (id(7), "tasks.cancelled", "payload"), (id(7), SUBJECT, "another")]
        {
            assert_eq!(hears.verify(&headers, id, subject, payload.as_bytes()), Err(Disbelief::Forged));
        }
        let mut later = headers.clone();
        expiry::set(&mut later, DateTime::UNIX_EPOCH + TimeDelta::days(2), DateTime::UNIX_EPOCH);
        assert_eq!(hears.verify(&later, id(7), SUBJECT, b"payload"), Err(Disbelief::Forged));
    }

    #[test]
    fn a_service_speaks_for_itself_alone() {
        let (tasks, mut headers, mut hears) = signed_by_tasks();
        let subtasks = KeyPair::generate(&Random::seeded(2));
        hears.services.insert("subtasks".to_owned(), KeyList::one(subtasks.public()));
        tasks.sign(&mut headers, id(7), "subtasks.decided", b"payload");
        assert_eq!(hears.verify(&headers, id(7), "subtasks.decided", b"payload"), Err(Disbelief::Forged));
        tasks.sign(&mut headers, id(7), "users.created", b"payload");
        assert_eq!(
            hears.verify(&headers, id(7), "users.created", b"payload"),
            Err(Disbelief::Forged),
            "no key is known"
        );
    }

    #[test]
    fn while_a_key_is_replaced_both_are_good() {
        let (_, signed_by_old, mut hears) = signed_by_tasks();
        let (new, old) = (KeyPair::generate(&Random::seeded(3)), *hears.services["tasks"].first());
        let mut signed_by_new = signed_by_old.clone();
        let keys = EventKeys { own: Some(new.clone()), services: BTreeMap::new() };
        keys.sign(&mut signed_by_new, id(7), SUBJECT, b"payload");
        let mut judged = |keys: Vec<PublicKey>| {
            hears.services.insert("tasks".to_owned(), keys.try_into().expect("different ones"));
            [&signed_by_old, &signed_by_new].map(|headers| hears.verify(headers, id(7), SUBJECT, b"payload"))
        };
        assert_eq!(judged(vec![old, new.public()]), [Ok(()), Ok(())]);
        assert_eq!(judged(vec![new.public()]), [Err(Disbelief::Forged), Ok(())]);
    }

    #[test]
    fn without_a_signature_it_is_nobodys() {
        let (_, _, hears) = signed_by_tasks();
        assert_eq!(hears.verify(&HeaderMap::new(), id(7), SUBJECT, b"payload"), Err(Disbelief::Unsigned));
    }
}
