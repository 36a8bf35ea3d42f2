//! What every service can be configured with: the section `basics`.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use anyhow::{Result, ensure};
use labelmesh_events::EventKeys;
use labelmesh_identity::{KeyList, KeyPair, PublicKey};
use labelmesh_proto::event;
use labelmesh_server::listen::{Bounds, Pace};
use serde::Deserialize;

use crate::telemetry::Telemetry;

/// The section `basics` of every service's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Basics {
    /// Where calls are taken: 0.0.0.0:8080. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where `/metrics`, `/livez` and `/readyz` are: 0.0.0.0:9090. Not for the public.
    pub admin_listen: SocketAddr,
    /// Logs and traces.
    pub telemetry: Telemetry,
    /// How the service stops.
    pub drain: Drain,
    /// Who the service is, and whom it believes.
    pub identity: Identity,
    /// How many calls and streams may run at once, and how fast answers have to be taken.
    pub limits: Limits,
}

impl Default for Basics {
    fn default() -> Self {
        Self {
            listen: ([0, 0, 0, 0], 8080).into(),
            admin_listen: ([0, 0, 0, 0], 9090).into(),
            telemetry: Telemetry::default(),
            drain: Drain::default(),
            identity: Identity::default(),
            limits: Limits::default(),
        }
    }
}

/// How a service stops.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Drain {
    /// How long calls are still taken after readiness is withdrawn, in milliseconds: 0. Balancers that poll need some.
    pub delay_ms: u64,
    /// How long calls in flight may then take, in milliseconds: 10,000. What is left is cut.
    pub grace_ms: u64,
}

impl Default for Drain {
    fn default() -> Self {
        Self { delay_ms: 0, grace_ms: 10_000 }
    }
}

/// Who the service is, and whom it believes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identity {
    /// The service's own secret key, with which it signs calls of its own and events: an Ed25519 seed, 32 bytes in
    /// base64url without padding. Only services that have calls or events to sign need one.
    pub key: Option<KeyPair>,
    /// The public keys of the services that may call this one, and of those whose events it hears, by name, in the same
    /// form: of each one, or a list while its key is replaced.
    pub services: BTreeMap<String, KeyList<PublicKey>>,
    /// Where auth is, which has the keys of user tokens. Auth itself needs none.
    pub auth: labelmesh_client::Config,
}

impl Identity {
    /// The keys that the service `name` signs and verifies events with. The contract says what it publishes and hears.
    ///
    /// # Errors
    /// Fails, and names the key of the configuration, where one is missing.
    pub(crate) fn event_keys(&self, name: &str) -> Result<EventKeys> {
        if event::SUBJECTS.iter().any(|subject| subject.split('.').next() == Some(name)) {
            ensure!(self.key.is_some(), "{name} publishes events, which are signed: it needs basics.identity.key");
        }
        for heard in event::CONSUMERS.iter().filter(|consumer| consumer.service == name) {
            let owner = heard.owner;
            ensure!(
                self.services.contains_key(owner),
                "{name} hears events of {owner}, which are verified: it needs basics.identity.services.{owner}"
            );
        }
        Ok(EventKeys { own: self.key.clone(), services: self.services.clone() })
    }
}

/// How many calls and streams may run at once, and how fast answers have to be taken. A call beyond is refused with
/// OVERLOADED.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls that are answered with one message: 512.
    pub calls: usize,
    /// Calls that are answered with a stream: 4096.
    pub streams: usize,
    /// How fast an answer has to be taken, in bytes a second: 4096.
    pub answer_bytes_per_second: u32,
    /// How long a peer may be waited for that is slower, in milliseconds: 30,000. Then its stream is reset.
    pub answer_patience_ms: u64,
}

impl Limits {
    /// What peers may hold.
    pub(crate) fn bounds(&self) -> Bounds {
        let patience = Duration::from_millis(self.answer_patience_ms);
        Bounds { pace: Pace { bytes_per_second: self.answer_bytes_per_second, patience }, ..Bounds::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let labelmesh_server::Limits { calls, streams } = labelmesh_server::Limits::default();
        let Pace { bytes_per_second, patience } = Bounds::default().pace;
        let answer_patience_ms = patience.as_millis().try_into().expect("some seconds");
        Self { calls, streams, answer_bytes_per_second: bytes_per_second, answer_patience_ms }
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_clock::Random;

    use super::*;

    #[test]
    fn who_publishes_needs_a_key_and_who_hears_that_of_the_other() {
        let key = KeyPair::generate(&Random::seeded(1));
        let mut identity = Identity::default();
        let refused = identity.event_keys("tasks").expect_err("tasks publishes").to_string();
        assert!(refused.contains("basics.identity.key"), "{refused}");
        identity.key = Some(key.clone());
        let refused = identity.event_keys("tasks").expect_err("tasks hears subtasks").to_string();
        assert!(refused.contains("basics.identity.services.subtasks"), "{refused}");
        for heard in ["subtasks", "users"] {
            identity.services.insert(heard.to_owned(), KeyList::one(key.public()));
        }
        identity.event_keys("tasks").expect("it has what it needs");
        Identity { key: Some(key), ..Identity::default() }.event_keys("users").expect("users hears nothing");
    }
}
