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
        accounts::{self, Told},
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
    let Told::News { matters } = accounts::remember(db, account).await? else { return Ok(()) };
    if account.blocked {
        // Which ones they were need not be told: this concerns all that the user has.
        sessions::end_all(db, Ending { user: account.user_id, kept: None, until: now }, now).await?;
    }
    if matters {
        app.outbox.enqueue(db, &published::principal_changed(account.user_id, None, now)).await?;
    }
    Ok(())
}
