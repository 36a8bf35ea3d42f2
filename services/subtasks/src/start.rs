//! Wiring: the one place that knows all parts.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use labelmesh_acts::Acts;
use labelmesh_blobs::Blobs;
use labelmesh_proto::subtasks::v1::subtask_service_server::SubtaskServiceServer;
use labelmesh_service::{Handle, Service, Surroundings};
use tokio::sync::Notify;
use tonic::service::Routes;

use crate::{
    app::{
        App, LeaseRules,
        closing::{close_ended, redecide, set_aside},
        handing_out::lapse,
        learning::learn,
        names::{self, Names},
        snapshots::Snapshots,
        tasks::{audience, delete_task},
        turn::Turns,
    },
    config::{Config, Leases},
    events::heard,
    grpc::Subtasks,
};

pub(crate) const NAME: &str = "subtasks";
/// How often each replica looks for what has come due, and for what another one has left.
const EVERY: Duration = Duration::from_secs(1);
/// How often tasks are looked for that the release before has written.
const ADOPT_EVERY: Duration = Duration::from_secs(60);

/// Starts the service. It runs without its neighbours and becomes ready when what it needs is there. The images' store
/// is no condition: votes are taken without it.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let pool = service.database(&config.database, sqlx::migrate!())?;
    let bus = service.bus(&config.events).await?;
    let (outbox, clock) = (service.outbox(&pool, &bus), service.clock());
    let app = App {
        acts: Acts::new(&outbox, &clock),
        outbox,
        pool,
        clock,
        random: service.random(),
        pages: service.page_tokens(&config.page_key),
        blobs: Blobs::new(&config.blobs)?,
        names: Names::new(&config.pseudonym_key),
        rules: rules(&config.leases)?,
        snapshots: Snapshots::default(),
        redeciding_bytes: u64::from(config.redeciding.memory_mib) << 20,
        turns: Turns::default(),
        ended: Arc::new(Notify::new()),
        excluded: Arc::new(Notify::new()),
        deleted: Arc::new(Notify::new()),
    };
    service.ready_when("names", &app, |app| async move { names::are_known(&app.pool, &app.names).await });
    service.every("name keys", ADOPT_EVERY, &app, |app| async move { names::adopt(&app.pool, &app.names).await });
    service.consume(heard::tasks(&bus), &app, heard::apply);
    service.consume(heard::users(&bus), &app, heard::apply_users);
    service.consume(heard::deleted_users(&bus), &(app.clone(), bus.clone()), heard::apply_deleted_users);
    service.consume(heard::deletions(&bus), &app, heard::apply);
    service.consume(heard::audiences(&bus), &app, heard::apply);
    service.consume(heard::groups(&bus), &app, heard::apply_groups);
    // Lease calls take back leases that have run out, too; this is for when nobody leases.
    service.every("lapse", EVERY, &app, |app| async move { lapse::lapse_due(&app).await });
    service.every("forget_lapses", EVERY, &app, |app| async move { lapse::forget_lapses(&app).await });
    service.every("sweep audiences", EVERY, &app, |app| async move { audience::sweep_due(&app).await });
    service.every("learn", EVERY, &app, |app| async move { learn::learn_all_due(&app).await });
    service.every("redecide", EVERY, &app, |app| async move { redecide::redecide_next(&app).await });
    let close = |app| async move { close_ended::close_ended(&app).await };
    service.when_woken("close", &app.ended, EVERY, &app, close);
    let aside = |app| async move { set_aside::set_aside_due(&app).await };
    service.when_woken("set votes aside", &app.excluded, EVERY, &app, aside);
    let remove = |app| async move { delete_task::remove_deleted(&app).await };
    service.when_woken("remove deleted", &app.deleted, EVERY, &app, remove);
    service.serve(Routes::new(SubtaskServiceServer::new(Subtasks(app)))).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `subtasks`.
///
/// # Errors
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

fn rules(leases: &Leases) -> Result<LeaseRules> {
    ensure!(!leases.length.is_zero(), "leases.length must not be nothing");
    // Signed addresses of images live as long as a lease, and S3 allows a week.
    ensure!(leases.length.as_secs() <= 7 * 86_400, "leases.length must not be more than a week");
    Ok(LeaseRules {
        duration: TimeDelta::from_std(leases.length).context("leases.length is too long")?,
        rest: TimeDelta::from_std(leases.rest).context("leases.rest is too long")?,
    })
}
