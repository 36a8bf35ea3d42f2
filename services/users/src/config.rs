//! What can be configured, by environment (`USERS__SIGNUP__ROLES`) or file.

use labelmesh_password as password;
use labelmesh_seal::SealKey;
use labelmesh_service::Basics;
use secrecy::SecretString;
use serde::Deserialize;

use crate::domain::PublicRole;

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
    /// Seals page tokens; the same in all replicas. Required.
    pub page_key: SealKey,
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
    /// The defaults with this database, this broker and this key.
    #[must_use]
    pub fn new(database: labelmesh_pg::Config, events: labelmesh_events::Config, page_key: SealKey) -> Self {
        Self {
            basics: Basics::default(),
            database,
            events,
            page_key,
            passwords: password::Config::default(),
            signup: SignUp::default(),
            seed: Seed::default(),
        }
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
    /// Their password. Without one it is made up and printed once to standard output.
    pub administrator_password: Option<SecretString>,
}
