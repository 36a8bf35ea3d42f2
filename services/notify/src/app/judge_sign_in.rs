//! Decides whether a sign-in is told of, and when.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use sqlx::PgConnection;

use crate::{
    domain::{LoggedIn, Origin},
    store::sign_ins,
};

/// The least time between two mails about sign-ins to one user.
const BETWEEN: TimeDelta = TimeDelta::hours(1);
/// How long it is known that somebody signed in from a place or with a program.
const REMEMBERED: TimeDelta = TimeDelta::days(180);

/// When the mail about a sign-in is due: none where place and program are known.
///
/// At most one mail an hour is due, so a second new origin within the hour is told at its end. What would wait longer
/// is not told and not taken as known either: the next sign-in from there is judged anew.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(super) async fn judge_sign_in(
    db: &mut PgConnection,
    login: &LoggedIn,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let origin = Origin::of(login.user_id, &login.address, &login.user_agent);
    let last = sign_ins::lock(db, login.user_id).await?;
    sign_ins::forget(db, login.user_id, now - REMEMBERED).await?;
    if sign_ins::see(db, login.user_id, origin, now).await? {
        return Ok(None);
    }
    let due_at = last.map_or(now, |last| now.max(last + BETWEEN));
    if due_at > now + BETWEEN {
        return Ok(None);
    }
    sign_ins::tell(db, login.user_id, origin, due_at, now).await?;
    Ok(Some(due_at))
}
