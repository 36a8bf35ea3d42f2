//! Learns what users says of an account.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::Account,
    events::published,
    store::{
        accounts::{self, Effect, Told},
        sessions::{self, Ending},
    },
};

/// Takes over what users says of an account, and tells whoever caches tokens where that makes a difference. What is
/// older than what is known changes nothing.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn learn_account(app: &App, account: &Account) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "learn_account", |tx| Box::pin(learn(app, tx, account, now))).await?;
    app.outbox.wake();
    Ok(())
}

/// The same in the caller's transaction. The sessions of who is blocked end, for good.
pub(super) async fn learn(app: &App, db: &mut PgConnection, account: &Account, now: DateTime<Utc>) -> Result<()> {
    let Told::News(effect) = accounts::remember(db, account).await? else { return Ok(()) };
    if account.blocked {
        // Which ones they were need not be told: this concerns all that the user has.
        sessions::end_all(db, Ending { user: account.user_id, kept: None, until: now }, now).await?;
    }
    let user = account.user_id;
    let told = match effect {
        Effect::Nothing => return Ok(()),
        Effect::Wider => published::principal_widened(user, now),
        Effect::Narrower => published::principal_changed(user, None, now),
    };
    app.outbox.enqueue(db, &told).await?;
    Ok(())
}
