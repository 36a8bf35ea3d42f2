//! Whom tasks are open to has changed, or who is in a group: leases of those who may label no more go back.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{App, handing_out::release::give_back};
use crate::domain::Audience;
use crate::store::{
    audiences::{self, Membership},
    cursors,
};

/// For how long leases of those who may label no more are looked for: no lease call that has read what was before is
/// under way longer.
const SWEEP: TimeDelta = TimeDelta::seconds(60);
/// How many tasks one run sweeps.
const TASKS: i64 = 64;

/// Notes whom a task is open to from now on, if that is news.
///
/// # Errors
/// Only if the database fails.
pub async fn set_audience(app: &App, task: TaskId, audience: &Audience) -> Result<()> {
    let now = app.clock.now();
    let news = run_tx(&app.pool, "set_audience", |tx| Box::pin(note(tx, task, audience, now)));
    if news.await? {
        sweep(app, task).await?;
    }
    Ok(())
}

/// Notes whom a task is open to, and lets leases look at it; says whether it is news.
pub(in crate::app) async fn note(
    db: &mut PgConnection,
    task: TaskId,
    audience: &Audience,
    now: DateTime<Utc>,
) -> Result<bool> {
    let news = audiences::note(db, task, audience, (!audience.open).then(|| now + SWEEP)).await?;
    if news {
        audiences::apply(db, task).await?;
    }
    Ok(news)
}

/// Notes who is in a group, if that is news. What they hold of tasks that were open to them as a member, and are not
/// any more, goes back in the same transaction; their lease calls wait for it.
///
/// # Errors
/// Only if the database fails.
pub async fn set_member(app: &App, membership: &Membership) -> Result<()> {
    run_tx(&app.pool, "set_member", |tx| {
        Box::pin(async move {
            if audiences::note_member(tx, membership).await? && !membership.member {
                take_back(tx, membership.user, None).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Takes back what is held of tasks whose audience has changed lately by operators to whom they are not open any more.
///
/// # Errors
/// Only if the database fails.
pub async fn sweep_due(app: &App) -> Result<()> {
    let due = audiences::sweeping(&mut *app.pool.acquire().await?, TASKS).await?;
    for (task, until) in due {
        // Before the sweep: what is leased until then by what was before is found by this one.
        let now = app.clock.now();
        sweep(app, task).await?;
        if until <= now {
            audiences::swept(&mut *app.pool.acquire().await?, task, now).await?;
        }
    }
    Ok(())
}

async fn sweep(app: &App, task: TaskId) -> Result<()> {
    let holders = audiences::holders(&mut *app.pool.acquire().await?, task).await?;
    for operator in holders {
        run_tx(&app.pool, "sweep", |tx| Box::pin(take_back(tx, operator, Some(task)))).await?;
    }
    Ok(())
}

/// Takes back what an operator holds without the right to. Their lease calls wait for the end of the transaction.
async fn take_back(db: &mut PgConnection, operator: UserId, task: Option<TaskId>) -> Result<()> {
    cursors::lock_operator(db, operator).await?;
    let held = audiences::held_without_right(db, operator, task).await?;
    give_back(db, operator, &held).await
}
