#![doc = include_str!("../README.md")]

mod app;
pub mod config;
mod domain;
mod grpc;
mod seed;
mod store;

use anyhow::{Result, ensure};
use labelmesh_events::{Bus, Outbox, Relay};
use labelmesh_password::Hasher;
use labelmesh_pg::{connect, is_migrated, requests};
use labelmesh_proto::users::v1::user_service_server::UserServiceServer;
use labelmesh_seal::{PageTokens, Sealer};
use labelmesh_service::{Handle, Service, Surroundings};
use sqlx::migrate::Migrator;
use tonic::service::Routes;

use crate::{app::App, grpc::Users, seed::Seeding};
pub use crate::{config::Config, domain::PublicRole};

const NAME: &str = "users";
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Starts the service. It is ready as soon as its database answers and is migrated.
///
/// # Errors
///
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let (clock, random) = (service.clock(), service.random());
    let pool = connect(&config.database, NAME)?;
    let bus = Bus::connect(&config.events, NAME, clock.clone(), random.clone()).await?;
    let outbox = Outbox::new(NAME, clock.clone(), random.clone());
    let relay = Relay::new(&pool, &outbox, &bus);
    let seeding = Seeding::new(&config.seed, random.bytes())?;
    let hasher = Hasher::new(&config.passwords, random.clone());
    let open_roles = config.signup.roles;
    let pages = PageTokens::new(Sealer::new(&config.page_key, random.clone()));
    let app = App { pool: pool.clone(), outbox, hasher, clock: clock.clone(), random, pages, open_roles };

    let checked = pool.clone();
    service.ready_when("database", move || {
        let pool = checked.clone();
        async move {
            ensure!(is_migrated(&pool, &MIGRATIONS).await?, "the database is not migrated");
            Ok(())
        }
    });
    service.spawn("relay", |stop| relay.run(stop));
    service.spawn("purge", |stop| requests::keep_purged(pool, clock, stop));
    if let Some(seeding) = seeding {
        let app = app.clone();
        service.spawn("seed", |stop| seeding.run(app, stop));
    }
    service.serve(Routes::new(UserServiceServer::new(Users(app)))).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `users`.
///
/// # Errors
///
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}
