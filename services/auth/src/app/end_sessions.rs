//! Ends sessions, and tells whoever caches tokens.

use chrono::{DateTime, Utc};
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{SessionId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::Through,
    events::published,
    store::sessions::{self, Ending},
};

/// Ends a session. Nothing happens where it is over already.
///
/// # Errors
/// NOT_FOUND where there is none within the caller's permission.
pub(crate) async fn end_session(app: &App, reach: Reach, session: SessionId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "end_session", |tx| {
        Box::pin(async move {
            if let Some(user) = sessions::end(tx, session, reach, now).await? {
                app.outbox
                    .enqueue(tx, &published::principal_changed(user, Some(Through::Session(session)), now))
                    .await?;
                app.acts.note(tx, Deed::on(session).field("user", Some(&user.to_string()), None)).await?;
            }
            Ok(())
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// Ends all open sessions of a user but for the one that is kept; says how many.
///
/// # Errors
/// NOT_FOUND where the permission does not reach the user.
pub(crate) async fn end_sessions(app: &App, reach: Reach, user: UserId, kept: Option<SessionId>) -> Result<u32> {
    if !reach.covers(user) {
        return Err(Error::not_found("user"));
    }
    let ended = end(app, Ending { user, kept, until: app.clock.now() }).await?;
    Ok(u32::try_from(ended.len()).unwrap_or(u32::MAX))
}

/// Ends the sessions of before a change of the password, where that has not happened yet.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn password_changed(app: &App, ending: Ending) -> Result<()> {
    end(app, ending).await.map(drop)
}

async fn end(app: &App, ending: Ending) -> Result<Vec<SessionId>> {
    let now = app.clock.now();
    let ended = run_tx(&app.pool, "end_sessions", |tx| {
        Box::pin(async move {
            let ended = end_in(app, tx, ending, now).await?;
            if !ended.is_empty() {
                app.acts.note(tx, Deed::on(ending.user).result("sessions_ended", ended.len())).await?;
            }
            Ok(ended)
        })
    })
    .await?;
    app.outbox.wake();
    Ok(ended)
}

/// The same in the caller's transaction.
pub(super) async fn end_in(
    app: &App,
    db: &mut PgConnection,
    ending: Ending,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>> {
    let ended = sessions::end_all(db, ending, now).await?;
    let through = ended.iter().map(|session| Through::Session(*session));
    let told: Vec<_> = through.map(|through| published::principal_changed(ending.user, Some(through), now)).collect();
    app.outbox.enqueue_all(db, &told).await?;
    Ok(ended)
}
