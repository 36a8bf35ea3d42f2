//! The first administrator, created as soon as the database answers.

use std::{io::Write as _, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use labelmesh_email::Email;
use labelmesh_errors::{Reason, Result};
use labelmesh_ids::UserId;
use labelmesh_password::{Hash, Password};
use labelmesh_pg::run_tx;
use secrecy::{ExposeSecret as _, SecretString};
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
    /// The password where it was made up: it is shown once.
    made_up: Option<SecretString>,
}

impl Seeding {
    /// The configured administrator; none where there is no address.
    pub(crate) fn new(seed: &Seed, random: [u8; 18]) -> Result<Option<Self>> {
        let Some(email) = &seed.administrator_email else { return Ok(None) };
        let made_up = seed.administrator_password.is_none().then(|| SecretString::from(URL_SAFE_NO_PAD.encode(random)));
        let Some(password) = seed.administrator_password.as_ref().or(made_up.as_ref()) else { return Ok(None) };
        let password = Password::choose(password.expose_secret().to_owned())?;
        Ok(Some(Self { email: Email::parse(email)?, password, made_up }))
    }

    /// Tries until there is an administrator or trying can't help, then waits for the end.
    pub(crate) async fn run(self, app: App, stop: CancellationToken) {
        self.seed(&app, &stop).await;
        stop.cancelled().await;
    }

    async fn seed(&self, app: &App, stop: &CancellationToken) {
        loop {
            match seed_administrator(app, &self.email, &self.password).await {
                Ok(true) => return self.announce(),
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

    /// Shows a made-up password once. It goes to standard output and not through the log, which is kept and sent on.
    fn announce(&self) {
        tracing::info!("created the first administrator");
        let Some(password) = &self.made_up else { return };
        let line = format!(
            "first administrator: {}  password: {}  (shown this once)\n",
            self.email.as_str(),
            password.expose_secret()
        );
        if let Err(error) = std::io::stdout().write_all(line.as_bytes()) {
            tracing::error!(error = %error, "could not show the administrator's password");
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
