//! Putting the service together.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::TimeDelta;
use futures::StreamExt as _;
use labelmesh_events::{Bus, Readiness, Work};
use labelmesh_proto::notify::v1::notification_service_server::NotificationServiceServer;
use labelmesh_seal::{PageTokens, Sealer};
use labelmesh_service::{CancellationToken, Handle, Service, Surroundings};
use sqlx::PgPool;
use tokio::sync::Notify;
use tonic::service::Routes;

use crate::{
    app::{deliver_mail::Postman, record_notice::Recorder},
    config::Config,
    contacts::Contacts,
    domain::backoff::Backoff,
    events::{self, HINT, Scribe},
    grpc::Notifications,
    smtp::Sender,
    worker::Worker,
};

const NAME: &str = "notify";

/// Brings the database to the present schema, under its owner's role.
///
/// # Errors
/// If the database can't be reached or a migration fails.
pub async fn migrate(owner_url: &str) -> anyhow::Result<()> {
    Ok(labelmesh_pg::migrate(owner_url, sqlx::migrate!(), NAME).await?)
}

/// Starts the service. Its database, the broker, users and the mail server may come later.
///
/// # Errors
/// If the configuration can't be used or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> anyhow::Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let pool = labelmesh_pg::connect(&config.database, NAME)?;
    let bus = Bus::connect(&config.events, NAME, service.clock(), service.random()).await?;
    let bell = Arc::new(Notify::new());
    ready_with_database(&mut service, &pool);

    let recorder = Recorder {
        clock: service.clock(),
        random: service.random(),
        public_url: config.public_url.trim_end_matches('/').to_owned(),
    };
    let scribe = Arc::new(Scribe { pool: pool.clone(), bus: bus.clone(), recorder, bell: Arc::clone(&bell) });
    consume(&mut service, "logins", events::logins(&bus), &scribe);
    consume(&mut service, "completions", events::completions(&bus), &scribe);
    consume(&mut service, "pauses", events::pauses(&bus), &scribe);

    let worker = worker(&service, &config, pool.clone(), &bell)?;
    service.spawn("mails", |stop| worker.run(stop));
    service.spawn("hints", |stop| pass_on_hints(bus, bell, stop));

    let page_tokens = PageTokens::new(Sealer::new(&config.page_key, service.random()));
    service.serve(Routes::new(NotificationServiceServer::new(Notifications { pool, page_tokens }))).await
}

fn worker(service: &Service, config: &Config, pool: PgPool, bell: &Arc<Notify>) -> anyhow::Result<Worker> {
    let delivery = &config.delivery;
    let users = service.peer("users", &config.users);
    let postman = Postman {
        pool,
        clock: service.clock(),
        random: service.random(),
        contacts: Contacts::new(&users, &service.signer()?),
        sender: Sender::new(&config.smtp, delivery.concurrency)?,
        backoff: Backoff { first: delivery.first_wait, longest: delivery.longest_wait },
        give_up_after: TimeDelta::from_std(delivery.give_up_after).context("delivery.give_up_after is too long")?,
    };
    Ok(Worker {
        postman: Arc::new(postman),
        concurrency: usize::try_from(delivery.concurrency).unwrap_or(usize::MAX).max(1),
        claim: TimeDelta::from_std(delivery.claim).context("delivery.claim is too long")?,
        sweep: delivery.sweep,
        longest_pause: delivery.longest_pause,
        bell: Arc::clone(bell),
    })
}

fn ready_with_database(service: &mut Service, pool: &PgPool) {
    let pool = pool.clone();
    service.ready_when("database", move || {
        let pool = pool.clone();
        async move {
            anyhow::ensure!(
                labelmesh_pg::is_migrated(&pool, &sqlx::migrate!()).await?,
                "the schema is older than this release"
            );
            Ok(())
        }
    });
}

fn consume(service: &mut Service, name: &'static str, work: Work, scribe: &Arc<Scribe>) {
    let readiness = work.readiness();
    service.ready_when(name, move || is_ready(readiness.clone()));
    let scribe = Arc::clone(scribe);
    let handler = move |deliveries| {
        let scribe = Arc::clone(&scribe);
        async move { scribe.apply(deliveries).await }
    };
    service.spawn(name, |stop| work.run(handler, stop));
}

async fn is_ready(readiness: Readiness) -> anyhow::Result<()> {
    anyhow::ensure!(readiness.is_ready(), "there is no stream of events to consume yet");
    Ok(())
}

/// Rings this replica's bell when another replica has written a delivery down.
async fn pass_on_hints(bus: Bus, bell: Arc<Notify>, stop: CancellationToken) {
    let mut hints = std::pin::pin!(bus.hints(HINT).await);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            hint = hints.next() => match hint {
                Some(_) => bell.notify_one(),
                // The sweep remains.
                None => return stop.cancelled().await,
            },
        }
    }
}
