//! What can be configured, by environment (`USERS__SIGNUP__ROLES`) or file. Durations are written like `1d`.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_password as password;
use labelmesh_seal::SealKeys;
use labelmesh_service::Basics;
use secrecy::SecretString;
use serde::Deserialize;

use crate::domain::{Bounds, PublicRole};

/// The configuration of users.
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
    /// Seals page tokens; the same in all replicas. One key, or a list of which the first seals and all open. Required.
    pub page_key: SealKeys,
    /// Where notify is, which mails what confirms addresses; required.
    pub notify: labelmesh_client::Config,
    /// How addresses are confirmed.
    #[serde(default)]
    pub confirmation: Confirmation,
    /// How passwords are hashed.
    #[serde(default)]
    pub passwords: password::Config,
    /// Who may sign up.
    #[serde(default)]
    pub signup: SignUp,
    /// The first administrator.
    #[serde(default)]
    pub seed: Seed,
}

impl Config {
    /// The defaults with this database, this broker, this notify service and this key.
    #[must_use]
    pub fn new(
        database: labelmesh_pg::Config,
        events: labelmesh_events::Config,
        notify: labelmesh_client::Config,
        page_key: SealKeys,
    ) -> Self {
        Self {
            basics: Basics::default(),
            database,
            events,
            page_key,
            notify,
            confirmation: Confirmation::default(),
            passwords: password::Config::default(),
            signup: SignUp::default(),
            seed: Seed::default(),
        }
    }
}

/// How addresses are confirmed.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Confirmation {
    /// Whether addresses of new users, and addresses that take the place of others, have to be confirmed. Where not,
    /// anybody can have mail sent to anybody: that is for development.
    pub required: bool,
    /// For how long a token that was mailed is good.
    #[serde(with = "humantime_serde")]
    pub lifetime: Duration,
    /// How many mails go to one address that is not confirmed, within a day.
    pub per_address: u32,
    /// How many of them one user causes, within a day.
    pub per_user: u32,
    /// How many of them people in one network cause, a /24 of IPv4 or a /64 of IPv6, within an hour. Administrators
    /// are not counted.
    pub per_network: u32,
}

impl Confirmation {
    pub(crate) fn bounds(&self) -> Result<Bounds> {
        let days = self.lifetime.as_secs() / 86_400;
        ensure!(
            self.lifetime.as_secs() >= 60 && days <= 365,
            "confirmation.lifetime must be at least a minute and at most a year"
        );
        ensure!(
            self.per_address > 0 && self.per_user > 0 && self.per_network > 0,
            "confirmation.per_address, .per_user and .per_network must be at least 1"
        );
        let Self { per_address, per_user, per_network, .. } = *self;
        let lifetime = TimeDelta::from_std(self.lifetime).context("confirmation.lifetime is too long")?;
        Ok(Bounds { lifetime, per_address, per_user, per_network })
    }
}

impl Default for Confirmation {
    fn default() -> Self {
        let lifetime = Duration::from_secs(24 * 60 * 60);
        Self { required: true, lifetime, per_address: 3, per_user: 10, per_network: 60 }
    }
}

/// Who may sign up.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignUp {
    /// The roles that are open to the public: `client`, `operator`, both (the default) or none.
    pub roles: Vec<PublicRole>,
}

impl Default for SignUp {
    fn default() -> Self {
        Self { roles: vec![PublicRole::Client, PublicRole::Operator] }
    }
}

/// The first administrator, who is created at start where there is none yet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// Their e-mail address; without one, nobody is created.
    pub administrator_email: Option<String>,
    /// Their password; needed with the address.
    pub administrator_password: Option<SecretString>,
}
