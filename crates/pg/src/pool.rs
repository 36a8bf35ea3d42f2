//! The pool of connections.

use std::str::FromStr;
use std::time::Duration;

use labelmesh_errors::Result;
use secrecy::ExposeSecret;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::Config;

/// A pool for the service named `application`. It connects when it is first used, so the server need not be up.
///
/// # Errors
/// If the URL is none.
pub fn connect(config: &Config, application: &str) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(config.url.expose_secret())?.application_name(application).options([
        ("statement_timeout", millis(config.statement_timeout)),
        ("lock_timeout", millis(config.lock_timeout)),
        ("idle_in_transaction_session_timeout", millis(config.idle_in_transaction_timeout)),
        // A statement's plan must not depend on the machine that compiles it.
        ("jit", "off".to_owned()),
    ]);
    Ok(PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(config.acquire_timeout)
        // Connections end one day, so that a failover or a changed password is noticed everywhere.
        .max_lifetime(Duration::from_secs(30 * 60))
        .idle_timeout(Duration::from_secs(5 * 60))
        .connect_lazy_with(options))
}

fn millis(duration: Duration) -> String {
    format!("{}ms", duration.as_millis())
}
