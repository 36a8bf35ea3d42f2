#![doc = include_str!("../README.md")]

mod app;
pub mod config;
mod domain;
mod grpc;
mod store;
mod users;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_events::{Bus, Outbox, Relay};
use labelmesh_identity::UserKeys;
use labelmesh_password::Hasher;
use labelmesh_pg::{connect, is_migrated};
use labelmesh_proto::auth::v1::auth_service_server::AuthServiceServer;
use labelmesh_seal::Sealer;
use labelmesh_service::{Handle, Service, Surroundings};
use sqlx::{PgPool, migrate::Migrator};
use tonic::service::Routes;

pub use crate::config::Config;
use crate::{
    app::{App, Keys, purge_until},
    domain::{Limits, Rotation},
    grpc::Auth,
    users::Users,
};

const NAME: &str = "auth";
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Starts the service. It is ready as soon as its database answers, is migrated, and has a key that signs.
///
/// # Errors
///
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let hasher = Hasher::new(&config.passwords, surroundings.random.clone());
    start_with(config, surroundings, hasher).await
}

/// Starts the service with this hasher, for whoever counts what it computes.
///
/// # Errors
///
/// As [`start`].
pub async fn start_with(config: Config, surroundings: Surroundings, hasher: Hasher) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let (clock, random) = (service.clock(), service.random());
    let pool = connect(&config.database, NAME)?;
    let bus = Bus::connect(&config.events, NAME, clock.clone(), random.clone()).await?;
    let outbox = Outbox::new(NAME, clock.clone(), random.clone());
    let relay = Relay::new(&pool, &outbox, &bus);
    let sealer = Sealer::new(&config.signing_keys.seal, random.clone());
    let keys = Keys::new(pool.clone(), sealer, clock.clone(), random.clone(), rotation(&config)?);
    let app = App {
        pool: pool.clone(),
        outbox,
        hasher,
        keys: keys.clone(),
        users: Users::new(service.peer("users", &config.users), service.signer()?),
        clock,
        random,
        limits: limits(&config)?,
        session_lifetime: span("sessions.lifetime", config.sessions.lifetime)?,
    };

    service.verify_users_with(keys_of_our_own(&keys));
    watch(&mut service, pool, keys);
    service.spawn("relay", |stop| relay.run(stop));
    let (purged, kept) = (app.clone(), span("sessions.kept", config.sessions.kept)?);
    service.spawn("purge", |stop| purge_until(purged, kept, stop));
    service.serve(Routes::new(AuthServiceServer::new(Auth(app)))).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `auth`.
///
/// # Errors
///
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

/// User tokens come back to auth too, with logouts; their keys are in its own database.
fn keys_of_our_own(keys: &Keys) -> UserKeys {
    let keys = keys.clone();
    UserKeys::fetched_by(move || {
        let keys = keys.clone();
        async move { Ok(keys.published().await?.into_iter().collect()) }
    })
}

fn watch(service: &mut Service, pool: PgPool, keys: Keys) {
    service.ready_when("database", move || {
        let pool = pool.clone();
        async move {
            ensure!(is_migrated(&pool, &MIGRATIONS).await?, "the database is not migrated");
            Ok(())
        }
    });
    service.ready_when("signing key", move || {
        let keys = keys.clone();
        async move { keys.signer().await.map(drop).context("no key can sign") }
    });
}

fn rotation(config: &Config) -> Result<Rotation> {
    let config = &config.signing_keys;
    ensure!(
        config.publish_ahead >= Keys::LEAST_PUBLISHED && config.rotate_every >= 2 * config.publish_ahead,
        "signing_keys.publish_ahead must be at least 90s and at most half of signing_keys.rotate_every"
    );
    Ok(Rotation {
        every: span("signing_keys.rotate_every", config.rotate_every)?,
        publish_ahead: span("signing_keys.publish_ahead", config.publish_ahead)?,
    })
}

fn limits(config: &Config) -> Result<Limits> {
    let config = &config.attempts;
    let window = span("attempts.window", config.window)?;
    Ok(Limits { account: config.per_account, address: config.per_address, window })
}

/// A configured duration, bounded so that it can be added to any time.
fn span(key: &str, duration: std::time::Duration) -> Result<TimeDelta> {
    let days = duration.as_secs() / 86_400;
    ensure!(!duration.is_zero() && days <= 3_650, "{key} must be more than nothing and at most ten years");
    TimeDelta::from_std(duration).with_context(|| format!("{key} is too long"))
}
