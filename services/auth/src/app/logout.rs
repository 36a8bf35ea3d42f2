//! Signs out.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::User;
use labelmesh_ids::SessionId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{events::published, store::sessions};

/// Ends the session through which the user calls. Nothing happens where it is over already, or there is none.
pub(crate) async fn logout(app: &App, user: &User) -> Result<()> {
    let Some(session) = user.session_id else { return Ok(()) };
    let now = app.clock.now();
    if run_tx(&app.pool, "logout", |tx| Box::pin(end(app, tx, session, user, now))).await? {
        app.outbox.wake();
    }
    Ok(())
}

async fn end(app: &App, db: &mut PgConnection, session: SessionId, user: &User, now: DateTime<Utc>) -> Result<bool> {
    if !sessions::end(db, session, user.user_id, now).await? {
        return Ok(false);
    }
    app.outbox.enqueue(db, &published::principal_changed(user.user_id, Some(session), now)).await?;
    Ok(true)
}
