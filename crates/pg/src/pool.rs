//! The pool of connections.

use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use labelmesh_errors::stale_connections;
use labelmesh_transport::Protection;
use secrecy::ExposeSecret;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use tokio::time::Instant;

use crate::Config;

/// How often at most all connections are made anew: a server that only reads, and stays the only one there is, is not
/// to be asked for a connection with each call.
const RENEW_EVERY: Duration = Duration::from_secs(1);

/// A pool for the service named `application`. It connects when it is first used, so the server need not be up.
///
/// # Errors
/// If the URL is none, or leads to another machine without TLS that verifies it.
pub fn connect(config: &Config, application: &str) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(config.url.expose_secret())?;
    protected(&options, config.insecure)?;
    let options = options.application_name(application).options([
        ("statement_timeout", millis(config.statement_timeout)),
        ("lock_timeout", millis(config.lock_timeout)),
        ("idle_in_transaction_session_timeout", millis(config.idle_in_transaction_timeout)),
        // A role can change its own settings on the server. It can't change where our names lead.
        ("search_path", "public".to_owned()),
        // A statement's plan must not depend on the machine that compiles it.
        ("jit", "off".to_owned()),
    ]);
    let renewal = Mutex::new(Renewal { seen: stale_connections(), at: None });
    Ok(PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(config.acquire_timeout)
        // Connections end one day, so that a failover or a changed password is noticed everywhere.
        .max_lifetime(Duration::from_secs(30 * 60))
        .idle_timeout(Duration::from_secs(5 * 60))
        .before_acquire(move |_, connection| {
            let now = Instant::now();
            let mut renewal = renewal.lock().expect("nothing panics with the lock");
            let keeps = renewal.keeps(connection.age, stale_connections(), now);
            Box::pin(async move { Ok(keeps) })
        })
        .connect_lazy_with(options))
}

/// Makes sure that nobody else can read along or be taken for the database at a URL.
///
/// # Errors
/// If the URL is none, or leads to another machine without TLS that verifies it.
pub fn require_protected(url: &str, insecure: bool) -> Result<(), sqlx::Error> {
    protected(&PgConnectOptions::from_str(url)?, insecure)
}

fn protected(options: &PgConnectOptions, insecure: bool) -> Result<(), sqlx::Error> {
    let remedy = "write ?sslmode=verify-full (with &sslrootcert=<file> for an authority of your own) in its URL";
    let verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) || options.get_socket().is_some();
    let checked = Protection { section: "database", remedy }.require(options.get_host(), verified, insecure);
    checked.map_err(|unprotected| sqlx::Error::Configuration(unprotected.into()))
}

/// Since when connections are good: those made before are thrown away when they are next asked for. What a statement
/// says of its connection (it is one to a server that is no longer the primary) holds for all that are as old.
struct Renewal {
    /// How many statements had failed for their connection when it was last looked.
    seen: u64,
    at: Option<Instant>,
}

impl Renewal {
    fn keeps(&mut self, age: Duration, failed: u64, now: Instant) -> bool {
        let rests = self.at.is_some_and(|at| now.saturating_duration_since(at) < RENEW_EVERY);
        if failed != self.seen && !rests {
            *self = Self { seen: failed, at: Some(now) };
        }
        self.at.is_none_or(|at| age <= now.saturating_duration_since(at))
    }
}

fn millis(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_are_older_than_the_trouble_are_thrown_away_once_a_second() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let age = Duration::from_millis;
        let mut renewal = Renewal { seen: 5, at: None };
        assert!(renewal.keeps(age(60_000), 5, at(0)), "nothing has failed since");
        assert!(!renewal.keeps(age(60_000), 6, at(1_000)));
        assert!(!renewal.keeps(age(101), 6, at(1_100)), "made before the trouble");
        assert!(renewal.keeps(age(100), 6, at(1_100)), "made since");
        assert!(renewal.keeps(age(500), 7, at(1_900)), "not yet again");
        assert!(!renewal.keeps(age(500), 7, at(2_000)), "the new ones are no better");
        assert!(renewal.keeps(age(500), 7, at(2_600)));
    }

    #[test]
    fn a_database_elsewhere_is_verified_or_said_to_be_insecure() {
        for url in [
            "postgres://tasks:x@127.0.0.1:5432/tasks",
            "postgres://tasks@localhost/tasks?sslmode=disable",
            "postgres://tasks@db.example/tasks?sslmode=verify-full&sslrootcert=/etc/ca.crt",
            "postgres:///tasks?host=/var/run/postgresql&user=tasks",
        ] {
            require_protected(url, false).expect(url);
        }
        let open = "postgres://tasks:secret@db.example/tasks";
        for mode in ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"] {
            let refused = require_protected(&format!("{open}{mode}"), false).expect_err(mode).to_string();
            assert!(refused.contains("sslmode=verify-full") && refused.contains("database.insecure"), "{refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
        require_protected(open, true).expect("said to be insecure");
        connect(&Config::new(open), "tasks").expect_err("the pool is held to it");
    }
}
