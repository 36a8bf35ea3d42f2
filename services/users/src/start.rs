//! Wiring: the one place that knows all parts.

use anyhow::Result;
use labelmesh_password::Hasher;
use labelmesh_proto::users::v1::{group_service_server::GroupServiceServer, user_service_server::UserServiceServer};
use labelmesh_service::{Handle, Service, Surroundings};
use tonic::service::Routes;

use crate::{
    app::{App, Seeding},
    config::Config,
    grpc::{Groups, Users},
};

const NAME: &str = "users";

/// Starts the service. It runs without its neighbours and becomes ready when what it needs is there.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let seeding = Seeding::new(&config.seed, service.random().bytes())?;
    let app = app(config, &mut service).await?;
    if let Some(seeding) = seeding {
        let app = app.clone();
        service.spawn("seed", |stop| seeding.run(app, stop));
    }
    let groups = GroupServiceServer::new(Groups(app.clone()));
    service.serve(Routes::new(UserServiceServer::new(Users(app))).add_service(groups)).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `users`.
///
/// # Errors
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

async fn app(config: Config, service: &mut Service) -> Result<App> {
    let pool = service.database(&config.database, sqlx::migrate!())?;
    let bus = service.bus(&config.events).await?;
    Ok(App {
        outbox: service.outbox(&pool, &bus),
        pool,
        clock: service.clock(),
        random: service.random(),
        pages: service.page_tokens(&config.page_key),
        hasher: Hasher::new(&config.passwords, service.random()),
        open_roles: config.signup.roles,
    })
}
