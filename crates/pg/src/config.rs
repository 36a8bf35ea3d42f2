//! How a service reaches its database.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

/// Where the database is and how patient we are with it. Durations are written like `5s` or `250ms`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `postgres://role:password@host:port/database?sslmode=verify-full&sslrootcert=/path/ca.crt`; the role may change
    /// data, never the schema.
    pub url: SecretString,
    /// Lets a database on another machine be reached without TLS, or whoever it is: where nobody else is on the way.
    #[serde(default)]
    pub insecure: bool,
    /// The most connections this process holds.
    #[serde(default = "max_connections")]
    pub max_connections: u32,
    /// How long a call waits for a connection before it is told that the database is unavailable.
    #[serde(default = "acquire_timeout", with = "humantime_serde")]
    pub acquire_timeout: Duration,
    /// How long one statement may run.
    #[serde(default = "statement_timeout", with = "humantime_serde")]
    pub statement_timeout: Duration,
    /// How long a statement waits for a lock.
    #[serde(default = "lock_timeout", with = "humantime_serde")]
    pub lock_timeout: Duration,
    /// How long a transaction may do nothing before the server ends it and gives its locks to others.
    #[serde(default = "idle_in_transaction_timeout", with = "humantime_serde")]
    pub idle_in_transaction_timeout: Duration,
}

impl Config {
    /// The defaults for a database at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into().into(),
            insecure: false,
            max_connections: max_connections(),
            acquire_timeout: acquire_timeout(),
            statement_timeout: statement_timeout(),
            lock_timeout: lock_timeout(),
            idle_in_transaction_timeout: idle_in_transaction_timeout(),
        }
    }
}

fn max_connections() -> u32 {
    16
}

fn acquire_timeout() -> Duration {
    Duration::from_secs(3)
}

fn statement_timeout() -> Duration {
    Duration::from_secs(15)
}

fn lock_timeout() -> Duration {
    Duration::from_secs(5)
}

fn idle_in_transaction_timeout() -> Duration {
    Duration::from_secs(10)
}
