//! Signing out.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_identity::User;
use labelmesh_ids::SessionId;
use labelmesh_pg::run_tx;
use labelmesh_proto::{auth::v1::PrincipalChanged, timestamp};
use sqlx::PgConnection;

use super::App;
use crate::store::sessions;

/// Ends the session through which the user calls. Where it is over already, or there is none, nothing happens.
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
    let changed = PrincipalChanged {
        user_id: user.user_id.to_string(),
        session_id: session.to_string(),
        version: now.timestamp_micros().unsigned_abs(),
        occurred_at: Some(timestamp(now)),
    };
    app.outbox.enqueue(db, &changed).await?;
    Ok(true)
}
