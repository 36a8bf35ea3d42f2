//! The first administrator.

use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use labelmesh_password::{Hash, Password};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, create_user};
use crate::{
    domain::{Email, PersonName, Profile, Roles, User},
    store,
};

/// Creates an administrator of this address where nobody administers yet; says whether it did.
///
/// Replicas that start at once queue at a lock, and all but the first find the administrator.
///
/// # Errors
///
/// EMAIL_TAKEN where the address belongs to a user who does not administer: whoever signed up first under the
/// configured address must not be made administrator by it.
pub(crate) async fn seed_administrator(app: &App, email: &Email, password: &Password) -> Result<bool> {
    if store::administrator_exists(&mut *app.pool.acquire().await?).await? {
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
    let user = User { id: UserId::new(now, app.random.bytes()), profile, version: 1, created_at: now };
    let created = run_tx(&app.pool, "seed_administrator", |tx| Box::pin(create_first(app, tx, &user, &hash))).await?;
    if created {
        app.outbox.wake();
    }
    Ok(created)
}

async fn create_first(app: &App, db: &mut PgConnection, user: &User, hash: &Hash) -> Result<bool> {
    store::lock_first_administrator(db).await?;
    if store::administrator_exists(db).await? {
        return Ok(false);
    }
    create_user::insert(app, db, user, hash).await?;
    Ok(true)
}
