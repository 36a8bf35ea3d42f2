//! Wiring: the one place that knows all parts.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use labelmesh_acts::Acts;
use labelmesh_events::Bus;
use labelmesh_identity::UserKeys;
use labelmesh_password::Hasher;
use labelmesh_proto::auth::v1::{audit_service_server::AuditServiceServer, auth_service_server::AuthServiceServer};
use labelmesh_seal::Sealer;
use labelmesh_service::{Handle, Service, Surroundings};
use tonic::service::Routes;

use crate::{
    app::{App, Keys, mail_resets, purge, seal_anew},
    config::{Config, span},
    events::heard,
    grpc::{Audit, Auth},
    notify::Mailer,
    users::Users,
};

pub(crate) const NAME: &str = "auth";
/// How often it is looked for requests and mails that nobody woke us for.
const MAIL_EVERY: Duration = Duration::from_secs(1);
const PURGE_EVERY: Duration = Duration::from_secs(60);
/// How often secrets are looked for that another seal than the first has sealed, after the start.
const SEAL_EVERY: Duration = Duration::from_secs(60 * 60);

/// Starts the service. It runs without its neighbours and becomes ready when what it needs is there.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let hasher = Hasher::new(&config.passwords, surroundings.random.clone());
    start_with(config, surroundings, hasher).await
}

/// Starts the service with this hasher, for whoever counts what it computes.
///
/// # Errors
/// As [`start`].
pub async fn start_with(config: Config, surroundings: Surroundings, hasher: Hasher) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let bus = service.bus(&config.events).await?;
    let app = app(&config, &mut service, &bus, hasher)?;

    service.verify_users_with(keys_of_our_own(&app.keys));
    service.ready_when("signing key", &app.keys, |keys| async move {
        keys.signer().await.map(drop).context("no key can sign")
    });
    service.consume(heard::users(&bus), &app, heard::apply);
    service.consume(heard::deleted_users(&bus), &(app.clone(), bus.clone()), heard::apply_deleted);
    for acts in heard::acts(&bus) {
        service.consume(acts, &app, heard::apply_acts);
    }
    let mailing = app.mailing.clone();
    service.when_woken("mail resets", &mailing, MAIL_EVERY, &app, mail_resets);
    let kept = span("sessions.kept", config.sessions.kept)?;
    service.every("purge", PURGE_EVERY, &app, move |app| async move { purge(&app, kept).await });
    service.every("seal anew", SEAL_EVERY, &app, seal_anew);
    let audit = AuditServiceServer::new(Audit(app.clone()));
    service.serve(Routes::new(AuthServiceServer::new(Auth(app))).add_service(audit)).await
}

/// Brings the database to the present schema. `url` is that of its owner; the service runs under the role `auth`.
///
/// # Errors
/// Fails where the database can't be reached or a migration fails.
pub async fn migrate(url: &str) -> Result<()> {
    Ok(labelmesh_pg::migrate(url, sqlx::migrate!(), NAME).await?)
}

fn app(config: &Config, service: &mut Service, bus: &Bus, hasher: Hasher) -> Result<App> {
    let pool = service.database(&config.database, sqlx::migrate!())?;
    let (clock, random) = (service.clock(), service.random());
    let limits = config.attempts.limits()?;
    let sealer = Sealer::new(&config.signing_keys.seal, random.clone());
    let outbox = service.outbox(&pool, bus);
    Ok(App {
        acts: Acts::new(&outbox, &clock),
        outbox,
        keys: Keys::new(pool.clone(), sealer.clone(), clock.clone(), random.clone(), config.signing_keys.rotation()?),
        pool,
        clock,
        random,
        pages: service.page_tokens(&config.signing_keys.seal),
        hasher,
        users: Users::new(service.peer("users", &config.users), service.signer()?),
        notify: Mailer::new(service.peer("notify", &config.notify), service.signer()?),
        resets: config.resets.rules(limits.window)?,
        sealer,
        mailing: Arc::default(),
        limits,
        session_lifetime: span("sessions.lifetime", config.sessions.lifetime)?,
        idle: span("sessions.idle", config.sessions.idle)?,
    })
}

/// User tokens come back to auth too, with logouts; their keys are in its own database.
fn keys_of_our_own(keys: &Keys) -> UserKeys {
    let keys = keys.clone();
    UserKeys::fetched_by(move || {
        let keys = keys.clone();
        async move { Ok(keys.published().await?.into_iter().collect()) }
    })
}
