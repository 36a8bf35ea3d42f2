//! What can be configured, by environment (`AUTH__SESSIONS__LIFETIME`) or file. Durations are written like `30d`.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_password as password;
use labelmesh_seal::SealKeys;
use labelmesh_service::Basics;
use serde::Deserialize;

use crate::domain::{Limits, ResetRules, Rotation};

/// The configuration of auth.
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
    /// The keys that sign internal tokens; the key that seals them is required.
    pub signing_keys: SigningKeys,
    /// Where users is; required.
    pub users: labelmesh_client::Config,
    /// Where notify is, which mails what resets passwords; required.
    pub notify: labelmesh_client::Config,
    /// How passwords that were forgotten are replaced.
    #[serde(default)]
    pub resets: Resets,
    /// How passwords are checked. The cost must be that of users.
    #[serde(default)]
    pub passwords: password::Config,
    /// How many failed attempts to sign in are borne.
    #[serde(default)]
    pub attempts: Attempts,
    /// How long sessions last.
    #[serde(default)]
    pub sessions: Sessions,
}

impl Config {
    /// The defaults with this database, this broker, these services users and notify, and this key to seal with.
    #[must_use]
    pub fn new(
        database: labelmesh_pg::Config,
        events: labelmesh_events::Config,
        users: labelmesh_client::Config,
        notify: labelmesh_client::Config,
        seal: SealKeys,
    ) -> Self {
        Self {
            basics: Basics::default(),
            database,
            events,
            users,
            notify,
            resets: Resets::default(),
            passwords: password::Config::default(),
            attempts: Attempts::default(),
            sessions: Sessions::default(),
            signing_keys: SigningKeys { seal, rotate_every: every(), publish_ahead: ahead() },
        }
    }
}

/// How many failed attempts to sign in are borne, over all replicas.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attempts {
    /// For one account, known or not, from one network within one window. Elsewhere nobody can close it: where it has
    /// failed more than twice as often, in several networks, the next attempt has to wait.
    pub per_account: u32,
    /// From one network, a /24 of IPv4 or a /64 of IPv6, within one window.
    pub per_network: u32,
    /// How long a window lasts; it begins with the first failure.
    #[serde(with = "humantime_serde")]
    pub window: Duration,
    /// The longest that an account has to wait for what failed in several networks: a second at first, then twice as
    /// long with each failure.
    #[serde(with = "humantime_serde")]
    pub longest_wait: Duration,
    /// For how long an account that signed in from a network is let in there, whatever others have tried there or
    /// elsewhere.
    #[serde(with = "humantime_serde")]
    pub familiar_for: Duration,
}

impl Attempts {
    pub(crate) fn limits(&self) -> Result<Limits> {
        ensure!(
            self.per_account > 0 && self.per_network > 0,
            "attempts.per_account and attempts.per_network must be at least 1"
        );
        let window = span("attempts.window", self.window)?;
        let longest_wait = span("attempts.longest_wait", self.longest_wait)?;
        ensure!(longest_wait < window, "attempts.longest_wait must be less than attempts.window");
        let familiar_for = span("attempts.familiar_for", self.familiar_for)?;
        Ok(Limits { account: self.per_account, network: self.per_network, window, longest_wait, familiar_for })
    }
}

impl Default for Attempts {
    fn default() -> Self {
        let (window, longest_wait) = (minutes(15), minutes(1));
        Self { per_account: 10, per_network: 200, window, longest_wait, familiar_for: days(30) }
    }
}

/// How passwords that were forgotten are replaced.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resets {
    /// For how long what was mailed is good.
    #[serde(with = "humantime_serde")]
    pub lifetime: Duration,
    /// How often it may be asked for one address, known or not, within `attempts.window`.
    pub per_address: u32,
    /// How often it may be asked from one network, a /24 of IPv4 or a /64 of IPv6, within `attempts.window`.
    pub per_network: u32,
}

impl Resets {
    pub(crate) fn rules(&self, window: TimeDelta) -> Result<ResetRules> {
        ensure!(
            self.per_address > 0 && self.per_network > 0,
            "resets.per_address and resets.per_network must be at least 1"
        );
        let lifetime = span("resets.lifetime", self.lifetime)?;
        Ok(ResetRules { lifetime, per_address: self.per_address, per_network: self.per_network, window })
    }
}

impl Default for Resets {
    fn default() -> Self {
        Self { lifetime: minutes(30), per_address: 3, per_network: 30 }
    }
}

/// How long sessions last.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// When a session ends by itself.
    #[serde(with = "humantime_serde")]
    pub lifetime: Duration,
    /// When a session ends that nobody uses.
    #[serde(with = "humantime_serde")]
    pub idle: Duration,
    /// How long a session that is over stays in the table.
    #[serde(with = "humantime_serde")]
    pub kept: Duration,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { lifetime: days(30), idle: days(7), kept: days(1) }
    }
}

/// The keys that sign internal tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKeys {
    /// The keys that seal them in the database, each 32 bytes in base64url without padding: one, or a list of which the
    /// first seals and all open.
    pub seal: SealKeys,
    /// How long a key signs.
    #[serde(default = "every", with = "humantime_serde")]
    pub rotate_every: Duration,
    /// How long a new key is published before it signs; at least 90 seconds.
    #[serde(default = "ahead", with = "humantime_serde")]
    pub publish_ahead: Duration,
}

impl SigningKeys {
    pub(crate) fn rotation(&self) -> Result<Rotation> {
        ensure!(
            self.publish_ahead >= Rotation::LEAST_PUBLISHED && self.rotate_every >= 2 * self.publish_ahead,
            "signing_keys.publish_ahead must be at least 90s and at most half of signing_keys.rotate_every"
        );
        Ok(Rotation {
            every: span("signing_keys.rotate_every", self.rotate_every)?,
            publish_ahead: span("signing_keys.publish_ahead", self.publish_ahead)?,
        })
    }
}

/// A configured duration, bounded so that it can be added to any time.
pub(crate) fn span(key: &str, duration: Duration) -> Result<TimeDelta> {
    let days = duration.as_secs() / 86_400;
    ensure!(!duration.is_zero() && days <= 3_650, "{key} must be more than nothing and at most ten years");
    TimeDelta::from_std(duration).with_context(|| format!("{key} is too long"))
}

fn every() -> Duration {
    days(30)
}

fn ahead() -> Duration {
    minutes(10)
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn days(days: u64) -> Duration {
    minutes(24 * 60 * days)
}
