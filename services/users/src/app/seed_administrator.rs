//! The first administrator, created as soon as the database answers.

use std::time::Duration;

use anyhow::Context as _;
use labelmesh_email::Email;
use labelmesh_errors::{Reason, Result};
use labelmesh_ids::UserId;
use labelmesh_password::{Hash, Password};
use labelmesh_pg::run_tx;
use secrecy::ExposeSecret as _;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::{App, create_user};
use crate::{
    config::Seed,
    domain::{Confirmed, PersonName, Profile, Roles, User},
    store::users,
};

const PAUSE: Duration = Duration::from_secs(1);

/// The administrator to create, checked at start so that a mistake in the configuration is told at once.
#[derive(Debug)]
pub(crate) struct Seeding {
    email: Email,
    password: Password,
}

impl Seeding {
    /// The configured administrator; none where there is no address.
    ///
    /// # Errors
    /// If the address or the password can't be one, or there is no password: one that was made up would have to be
    /// shown, and whatever a service shows is kept in some log.
    pub(crate) fn new(seed: &Seed) -> anyhow::Result<Option<Self>> {
        let Some(email) = &seed.administrator_email else { return Ok(None) };
        let email = Email::parse(email).context("seed.administrator_email")?;
        let password = seed.administrator_password.as_ref();
        let password = password.context("seed.administrator_email needs seed.administrator_password")?;
        let password = Password::choose(password.expose_secret().to_owned()).context("seed.administrator_password")?;
        Ok(Some(Self { email, password }))
    }

    /// Tries until there is an administrator or trying can't help, then waits for the end.
    pub(crate) async fn run(self, app: App, stop: CancellationToken) {
        self.seed(&app, &stop).await;
        stop.cancelled().await;
    }

    async fn seed(&self, app: &App, stop: &CancellationToken) {
        loop {
            match seed_administrator(app, &self.email, &self.password).await {
                Ok(true) => {
                    tracing::info!("created the first administrator");
                    return;
                }
                Ok(false) => return,
                Err(error) if error.reason() == Reason::EmailTaken => {
                    tracing::error!("the configured administrator's address belongs to a user who does not administer");
                    return;
                }
                Err(error) => {
                    tracing::info!(error = &error as &dyn std::error::Error, "can't look for an administrator yet");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

/// Creates an administrator of this address where nobody administers yet; says whether it did.
///
/// Replicas that start at once queue at a lock, and all but the first find the administrator.
///
/// # Errors
/// EMAIL_TAKEN where the address belongs to a user who does not administer: whoever signed up first under the
/// configured address must not be made administrator by it.
async fn seed_administrator(app: &App, email: &Email, password: &Password) -> Result<bool> {
    if users::administrator_exists(&mut *app.pool.acquire().await?).await? {
        return Ok(false);
    }
    let hash = app.hasher.reserve()?.hash(password.clone()).await?;
    let now = app.clock.now();
    let profile = Profile {
        email: email.clone(),
        name: PersonName::default(),
        surname: PersonName::default(),
        roles: Roles::administrator(),
    };
    let id = UserId::new(now, app.random.bytes());
    // Whoever configures the system vouches for the address.
    let confirmed = Confirmed::Assumed;
    let user = User { id, profile, blocked_at: None, confirmed, pending: None, version: 1, created_at: now };
    let created = run_tx(&app.pool, "seed_administrator", |tx| Box::pin(create_first(app, tx, &user, &hash))).await?;
    if created {
        app.outbox.wake();
    }
    Ok(created)
}

async fn create_first(app: &App, db: &mut PgConnection, user: &User, hash: &Hash) -> Result<bool> {
    users::lock_administrators(db).await?;
    if users::administrator_exists(db).await? {
        return Ok(false);
    }
    create_user::insert(app, db, user, hash).await?;
    Ok(true)
}
