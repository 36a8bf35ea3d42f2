//! Wiring: the one place that knows all parts.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use labelmesh_acts::Acts;
use labelmesh_events::Bus;
use labelmesh_password::Hasher;
use labelmesh_proto::users::v1::{group_service_server::GroupServiceServer, user_service_server::UserServiceServer};
use labelmesh_seal::Sealer;
use labelmesh_service::{Handle, Service, Surroundings};
use tokio::sync::Notify;
use tonic::service::Routes;

use crate::{
    app::{App, Seeding, confirmations, groups, remove_deleted},
    config::Config,
    grpc::{Groups, Users},
    notify::Mailer,
};

const NAME: &str = "users";
/// How soon people are told that they are invited.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// How often it is looked for deleted users of whom something is left that nobody woke us for.
const REMOVE_EVERY: Duration = Duration::from_secs(2);

/// How often it is looked for mails to hand over that nobody woke us for.
const HAND_OVER_EVERY: Duration = Duration::from_secs(1);
/// How often it is forgotten what can confirm nothing any more.
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);

/// Starts the service. It runs without its neighbours and becomes ready when what it needs is there.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let seeding = Seeding::new(&config.seed)?;
    let bus = service.bus(&config.events).await?;
    let app = app(config, &mut service, &bus)?;
    if let Some(seeding) = seeding {
        let app = app.clone();
        service.spawn("seed", |stop| seeding.run(app, stop));
    }
    if !app.confirms {
        tracing::warn!("addresses count without being confirmed (confirmation.required is false)");
    }
    let mailing = app.mailing.clone();
    service.when_woken("hand mails over", &mailing, HAND_OVER_EVERY, &app, confirmations::hand_over);
    service.every("forget confirmations", FORGET_EVERY, &app, confirmations::forget);
    service.every("tell invited", TELL_EVERY, &app, groups::tell_invited);
    let remove = |(app, bus)| async move { remove_deleted(&app, &bus).await };
    service.when_woken("remove deleted", &app.removing, REMOVE_EVERY, &(app.clone(), bus), remove);
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

fn app(config: Config, service: &mut Service, bus: &Bus) -> Result<App> {
    let pool = service.database(&config.database, sqlx::migrate!())?;
    let (outbox, clock) = (service.outbox(&pool, bus), service.clock());
    Ok(App {
        acts: Acts::new(&outbox, &clock),
        outbox,
        pool,
        clock,
        random: service.random(),
        pages: service.page_tokens(&config.page_key),
        hasher: Hasher::new(&config.passwords, service.random()),
        notify: Mailer::new(service.peer("notify", &config.notify), service.signer()?),
        confirms: config.confirmation.required,
        bounds: config.confirmation.bounds()?,
        sealer: Sealer::new(&config.page_key, service.random()),
        mailing: Arc::default(),
        open_roles: config.signup.roles,
        removing: Arc::new(Notify::new()),
    })
}
