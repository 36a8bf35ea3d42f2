//! What can be configured; the README lists every key.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_seal::SealKeys;
use labelmesh_service::Basics;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::domain::{Backoff, DeliveryRules, PostingRules};

/// The first pause while no mail can be sent.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The first rest of a webhook whose endpoint is ill.
const FIRST_REST: Duration = Duration::from_secs(1);

/// The configuration of notify.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service has: addresses, telemetry, identity, limits.
    #[serde(default)]
    pub basics: Basics,
    /// The database; its URL is required.
    pub database: labelmesh_pg::Config,
    /// The message broker; its URL is required.
    pub events: labelmesh_events::Config,
    /// Where users is; required.
    pub users: labelmesh_client::Config,
    /// Seals page tokens; the same in all replicas. One key, or a list of which the first seals and all open. Required.
    pub page_key: SealKeys,
    /// Where people reach the gateway, for links. Required.
    pub public_url: String,
    /// The mail server; required.
    pub smtp: Smtp,
    /// How mails are delivered.
    #[serde(default)]
    pub delivery: Delivery,
    /// The gateway for text messages; none are sent without one.
    #[serde(default)]
    pub texts: Option<Texts>,
    /// Seals the secrets of webhooks, and what is mailed and texted until it is; the same in all replicas. One key, or
    /// a list as above. Required.
    pub webhook_key: SealKeys,
    /// How messages are posted to webhooks.
    #[serde(default)]
    pub webhooks: Webhooks,
    /// How others' addresses are called.
    #[serde(default)]
    pub outbound: labelmesh_outbound::Config,
}

impl Config {
    /// What links begin with: the address without a slash at its end.
    pub(crate) fn public_address(&self) -> Result<String> {
        let url = Url::parse(&self.public_url).context("public_url is no address such as https://labelmesh.example")?;
        ensure!(matches!(url.scheme(), "http" | "https"), "public_url must begin with https:// or http://");
        ensure!(url.query().is_none() && url.fragment().is_none(), "public_url must end with a host or a path");
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }
}

/// A mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub encryption: Encryption,
    /// Lets a mail server on another machine be reached without encryption: where nobody else is on the way.
    #[serde(default)]
    pub insecure: bool,
    /// The user to sign in as; without one, nobody signs in.
    #[serde(default)]
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Option<SecretString>,
    /// Who the mails are from, such as `Labelmesh <no-reply@example.org>`.
    pub from: String,
    /// How long one mail may take, the connection included.
    #[serde(default = "smtp_timeout", with = "humantime_serde")]
    pub timeout: Duration,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// No protection: for a server on this machine.
    None,
    /// By STARTTLS, without which no mail is sent (port 587).
    #[default]
    Starttls,
    /// From the first byte (port 465).
    Tls,
}

/// How mails are delivered.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Delivery {
    /// How many mails one replica sends at once.
    pub concurrency: u32,
    /// How long a claim on a mail lasts, after which another replica may send it. It must be longer than the lookup of
    /// the address and `smtp.timeout` together.
    #[serde(with = "humantime_serde")]
    pub claim: Duration,
    /// How often due mails are looked for.
    #[serde(with = "humantime_serde")]
    pub sweep: Duration,
    /// The wait after a mail was put off for the first time; it doubles.
    #[serde(with = "humantime_serde")]
    pub first_wait: Duration,
    /// The longest wait of a mail that is put off.
    #[serde(with = "humantime_serde")]
    pub longest_wait: Duration,
    /// The longest pause of all mails while the mail server can't be used at all.
    #[serde(with = "humantime_serde")]
    pub longest_pause: Duration,
    /// How long a mail is tried before it fails (RFC 5321, 4.5.4.1 advises days).
    #[serde(with = "humantime_serde")]
    pub give_up_after: Duration,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            concurrency: 8,
            claim: Duration::from_secs(60),
            sweep: Duration::from_secs(1),
            first_wait: Duration::from_secs(30),
            longest_wait: Duration::from_secs(30 * 60),
            longest_pause: Duration::from_secs(30),
            give_up_after: Duration::from_secs(4 * 24 * 60 * 60),
        }
    }
}

impl Delivery {
    pub(crate) fn rules(&self) -> Result<DeliveryRules> {
        Ok(DeliveryRules {
            concurrency: usize::try_from(self.concurrency).unwrap_or(usize::MAX).max(1),
            claim: TimeDelta::from_std(self.claim).context("delivery.claim is too long")?,
            sweep: self.sweep,
            waits: Backoff { first: self.first_wait, longest: self.longest_wait },
            pauses: Backoff { first: FIRST_PAUSE, longest: self.longest_pause },
            give_up_after: TimeDelta::from_std(self.give_up_after).context("delivery.give_up_after is too long")?,
        })
    }
}

/// A gateway for text messages, and how they are delivered: in what is not said here, as mails are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Where messages are posted, as JSON with `id`, `to` and `text`.
    pub url: String,
    /// What is sent with them as a bearer token; without one, nothing is.
    #[serde(default)]
    pub token: Option<SecretString>,
    /// Lets a gateway on another machine be reached without encryption: where nobody else is on the way.
    #[serde(default)]
    pub insecure: bool,
    /// How long one message may take. It must be shorter than `delivery.claim`.
    #[serde(default = "text_timeout", with = "humantime_serde")]
    pub timeout: Duration,
    /// How many messages one replica sends at once.
    #[serde(default = "text_concurrency")]
    pub concurrency: u32,
    /// How long a message is tried before it fails: what it says is old then.
    #[serde(default = "text_give_up_after", with = "humantime_serde")]
    pub give_up_after: Duration,
}

impl Texts {
    /// The gateway at an address, by the defaults.
    #[must_use]
    pub fn new(url: String) -> Self {
        Self {
            url,
            token: None,
            insecure: false,
            timeout: text_timeout(),
            concurrency: text_concurrency(),
            give_up_after: text_give_up_after(),
        }
    }

    pub(crate) fn rules(&self, mails: &Delivery) -> Result<DeliveryRules> {
        Ok(DeliveryRules {
            concurrency: usize::try_from(self.concurrency).unwrap_or(usize::MAX).max(1),
            give_up_after: TimeDelta::from_std(self.give_up_after).context("texts.give_up_after is too long")?,
            ..mails.rules()?
        })
    }
}

/// How messages are posted to webhooks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// How many messages one replica posts at once.
    pub concurrency: u32,
    /// How many messages are on their way to one webhook at once, from all replicas.
    pub per_webhook: u16,
    /// How long a claim on a message lasts, after which another replica may post it. It must be longer than
    /// `outbound.timeout`.
    #[serde(with = "humantime_serde")]
    pub claim: Duration,
    /// How often due messages are looked for.
    #[serde(with = "humantime_serde")]
    pub sweep: Duration,
    /// The wait after a message was not taken for the first time; it doubles.
    #[serde(with = "humantime_serde")]
    pub first_wait: Duration,
    /// The longest wait of a message.
    #[serde(with = "humantime_serde")]
    pub longest_wait: Duration,
    /// The longest rest of a webhook whose endpoint is ill; the first is a second, and it doubles.
    #[serde(with = "humantime_serde")]
    pub longest_rest: Duration,
    /// How long a message is tried before it fails, and how long a webhook may take nothing before it is paused.
    #[serde(with = "humantime_serde")]
    pub give_up_after: Duration,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            concurrency: 64,
            per_webhook: 4,
            claim: Duration::from_secs(45),
            sweep: Duration::from_secs(1),
            first_wait: Duration::from_secs(5),
            longest_wait: Duration::from_secs(3 * 60 * 60),
            longest_rest: Duration::from_secs(10 * 60),
            give_up_after: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl Webhooks {
    pub(crate) fn rules(&self) -> Result<PostingRules> {
        Ok(PostingRules {
            concurrency: usize::try_from(self.concurrency).unwrap_or(usize::MAX).max(1),
            per_webhook: i32::from(self.per_webhook.max(1)),
            claim: TimeDelta::from_std(self.claim).context("webhooks.claim is too long")?,
            sweep: self.sweep,
            waits: Backoff { first: self.first_wait, longest: self.longest_wait },
            rests: Backoff { first: FIRST_REST, longest: self.longest_rest },
            give_up_after: TimeDelta::from_std(self.give_up_after).context("webhooks.give_up_after is too long")?,
        })
    }
}

fn smtp_timeout() -> Duration {
    Duration::from_secs(20)
}

fn text_timeout() -> Duration {
    Duration::from_secs(15)
}

fn text_concurrency() -> u32 {
    4
}

fn text_give_up_after() -> Duration {
    Duration::from_secs(4 * 60 * 60)
}
