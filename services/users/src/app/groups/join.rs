//! Operators join groups and leave them.

use chrono::{DateTime, Utc};
use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{GroupId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, tell};
use crate::{
    domain::{Accepted, Bound, Invitation, Membership},
    store::{
        deletions,
        groups::{self, OwnGroup, State},
        invitations,
    },
};

/// Joins a group by an invitation. Who is a member already stays one, and uses nothing up.
///
/// # Errors
/// NOT_FOUND for an invitation that this user can't accept, QUOTA_USED_UP.
pub(crate) async fn accept(app: &App, user: UserId, accepted: &Accepted) -> Result<Membership> {
    let now = app.clock.now();
    let membership = run_tx(&app.pool, "accept_group_invitation", |tx| {
        Box::pin(async move {
            let invitation = find(tx, user, accepted, now).await?;
            let group = groups::lock(tx, Reach::All, invitation.group).await?;
            if groups::state_of(tx, group.id(), user).await? != State::Member {
                join(app, tx, user, &group, accepted, now).await?;
            }
            let joined = groups::of_user(tx, user).await?;
            joined.into_iter().find(|membership| membership.group == group.id()).ok_or_else(not_found)
        })
    })
    .await?;
    app.outbox.wake();
    Ok(membership)
}

async fn find(db: &mut PgConnection, user: UserId, accepted: &Accepted, now: DateTime<Utc>) -> Result<Invitation> {
    let found = match accepted {
        Accepted::Code(code) => invitations::by_code(db, &code.digest(), now).await?,
        Accepted::Invitation(id) => invitations::to_user(db, *id, user, now).await?,
    };
    found.ok_or_else(not_found)
}

async fn join(
    app: &App,
    db: &mut PgConnection,
    user: UserId,
    group: &OwnGroup,
    accepted: &Accepted,
    now: DateTime<Utc>,
) -> Result<()> {
    // Looked at again under the group's lock: it may have been used up or withdrawn meanwhile.
    let invitation = find(db, user, accepted, now).await?;
    let by_code = matches!(accepted, Accepted::Code(_));
    if by_code && groups::state_of(db, group.id(), user).await? == State::Removed {
        return Err(not_found());
    }
    Bound::Members.check(group.members())?;
    Bound::Memberships.check(groups::memberships(db, user).await?)?;
    deletions::check(db, user).await?;
    if !invitations::spend(db, invitation.id).await? {
        return Err(not_found());
    }
    let joined = groups::join(db, group, user, invitation.email.as_deref().unwrap_or_default(), now).await?;
    tell(app, db, &[joined], now).await?;
    app.acts.note(db, Deed::on(group.id()).result("member", user)).await
}

/// Leaves a group, if the user is in it.
///
/// # Errors
/// Only if the database fails.
pub(crate) async fn leave(app: &App, user: UserId, id: GroupId) -> Result<()> {
    let now = app.clock.now();
    run_tx(&app.pool, "leave_group", |tx| {
        Box::pin(async move {
            // Who is no member learns nothing of the group, nor makes anybody wait for it.
            if groups::state_of(tx, id, user).await? != State::Member {
                return Ok(());
            }
            let group = groups::lock(tx, Reach::All, id).await?;
            let ended = groups::end(tx, &group, user, false, now).await?;
            let Some(ended) = ended else { return Ok(()) };
            tell(app, tx, &[ended], now).await?;
            app.acts.note(tx, Deed::on(id).field("member", Some(&user.to_string()), None)).await
        })
    })
    .await?;
    app.outbox.wake();
    Ok(())
}

/// The groups that a user is in.
///
/// # Errors
/// Only if the database fails.
pub(crate) async fn memberships(app: &App, user: UserId) -> Result<Vec<Membership>> {
    groups::of_user(&mut *app.pool.acquire().await?, user).await
}

fn not_found() -> Error {
    Error::not_found("invitation")
}
