//! Webhooks: what they are, what they are told of, and how they sign (https://www.standardwebhooks.com).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use labelmesh_acts::Facts;
use labelmesh_clock::Random;
use labelmesh_ids::{DeliveryId, UserId, WebhookId};
use sha2::Sha256;

use super::Kind;

/// How many bytes a secret has; the specification asks for 24 to 64.
const SECRET: usize = 32;

/// An address to which is posted what a user is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) webhook_id: WebhookId,
    pub(crate) owner_id: UserId,
    pub(crate) url: String,
    /// What it is told of; empty means everything.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) state: WebhookState,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) failing_since: Option<DateTime<Utc>>,
    pub(crate) old_secret_until: Option<DateTime<Utc>>,
}

/// Whether a webhook is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WebhookState {
    Enabled,
    /// It took nothing for too long.
    Paused,
    /// By its owner, or because it is gone.
    Disabled,
}

impl WebhookState {
    const ALL: [Self; 3] = [Self::Enabled, Self::Paused, Self::Disabled];

    /// The name under which it is stored.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }

    /// The state that is stored under this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Facts for Webhook {
    /// Without the address beyond its host: paths and queries are secrets at many places.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let host = self.url.split('/').nth(2).unwrap_or_default();
        let kinds: Vec<_> = self.kinds.iter().map(|kind| kind.name()).collect();
        let kinds = if kinds.is_empty() { "all".to_owned() } else { kinds.join(", ") };
        vec![("host", host.to_owned()), ("kinds", kinds), ("state", self.state.name().to_owned())]
    }
}

/// What to change of a webhook; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WebhookPatch {
    pub(crate) url: Option<String>,
    pub(crate) kinds: Option<Vec<Kind>>,
    pub(crate) enabled: Option<bool>,
}

impl Webhook {
    /// What the webhook becomes. One that is enabled again, or has another address, begins anew.
    pub(crate) fn patched(self, patch: WebhookPatch) -> Self {
        let state = match patch.enabled {
            None => self.state,
            Some(true) => WebhookState::Enabled,
            // One that we paused is told nothing either.
            Some(false) if self.state == WebhookState::Paused => WebhookState::Paused,
            Some(false) => WebhookState::Disabled,
        };
        let url = patch.url.unwrap_or(self.url.clone());
        let anew = url != self.url || (state == WebhookState::Enabled && self.state != state);
        let failing_since = self.failing_since.filter(|_| !anew);
        Self { url, state, failing_since, kinds: patch.kinds.unwrap_or(self.kinds), ..self }
    }
}

/// What a webhook signs with. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    pub(crate) fn generate(random: &Random) -> Self {
        Self(random.bytes::<SECRET>().to_vec())
    }

    /// One that was stored.
    pub(crate) fn stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The form in which it is shown, once.
    pub(crate) fn reveal(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.0))
    }

    /// The signature of a message that is sent at a time.
    fn sign(&self, id: DeliveryId, at: DateTime<Utc>, payload: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{}.{payload}", at.timestamp()).as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// The header webhook-signature: a signature by each secret that is good.
pub(crate) fn signatures(secrets: &[WebhookSecret], id: DeliveryId, at: DateTime<Utc>, payload: &str) -> String {
    secrets.iter().map(|secret| secret.sign(id, at, payload)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn webhook(state: WebhookState) -> Webhook {
        Webhook {
            webhook_id: Uuid::from_u128(1).into(),
            owner_id: Uuid::from_u128(2).into(),
            url: "https://receiver.example/".to_owned(),
            kinds: vec![Kind::TaskCompleted],
            state,
            created_at: DateTime::UNIX_EPOCH,
            failing_since: Some(DateTime::UNIX_EPOCH),
            old_secret_until: None,
        }
    }

    #[test]
    fn each_good_secret_signs() {
        let secrets = [WebhookSecret::stored(vec![1; 32]), WebhookSecret::stored(vec![2; 32])];
        let at = DateTime::from_timestamp(1_614_265_330, 0).expect("a time");
        let signed = signatures(&secrets, Uuid::from_u128(1).into(), at, r#"{"test": 2432232314}"#);
        let both: Vec<_> = signed.split(' ').collect();
        assert!(both.len() == 2 && both[0] != both[1] && both.iter().all(|one| one.starts_with("v1,")), "{signed}");
        assert_eq!(secrets[0].reveal(), format!("whsec_{}", STANDARD.encode([1; 32])));
        assert_eq!(format!("{:?}", secrets[0]), "WebhookSecret(..)");
    }

    #[test]
    fn enabling_begins_anew_and_what_is_not_named_stays() {
        let patch = |enabled| WebhookPatch { enabled, ..WebhookPatch::default() };
        assert_eq!(webhook(WebhookState::Paused).patched(patch(None)), webhook(WebhookState::Paused));
        let enabled = webhook(WebhookState::Paused).patched(patch(Some(true)));
        assert_eq!((enabled.state, enabled.failing_since), (WebhookState::Enabled, None));
        assert!(webhook(WebhookState::Enabled).patched(patch(Some(true))).failing_since.is_some());
        assert_eq!(webhook(WebhookState::Enabled).patched(patch(Some(false))).state, WebhookState::Disabled);
        let moved = WebhookPatch { url: Some("https://elsewhere.example/".to_owned()), ..WebhookPatch::default() };
        assert_eq!(webhook(WebhookState::Enabled).patched(moved).failing_since, None);
    }
}
