//! Who is handed a task's images, and those of a client's new tasks.

use labelmesh_acts::Deed;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::{Audience, Step, Task},
    events::published,
    store,
};

/// Says anew who is handed the images of a draft or of an open task.
///
/// # Errors
/// NOT_FOUND, TASK_ENDED.
pub(crate) async fn set_task_audience(app: &App, reach: Reach, id: TaskId, audience: &Audience) -> Result<Task> {
    let (now, outbox) = (app.clock.now(), &app.outbox);
    let step = run_tx(&app.pool, "set_task_audience", |tx| {
        Box::pin(async move {
            let old = store::tasks::lock(tx, reach, id).await?.into_task();
            let step = old.clone().open_to(audience.clone())?;
            if let Step::Changed(task) = &step {
                store::tasks::save(tx, task).await?;
                app.acts.note(tx, Deed::on(id).changed(&old, task)).await?;
                outbox.enqueue(tx, &published::audience_changed(task, now)).await?;
            }
            Ok(step)
        })
    })
    .await?;
    Ok(app.after(step).await)
}

/// The audience of the caller's new tasks.
///
/// # Errors
/// NOT_FOUND for a caller who is nobody in particular.
pub(crate) async fn my_audience(app: &App, reach: Reach) -> Result<Audience> {
    default_of(app, &mut *app.pool.acquire().await?, owner(reach)?).await
}

/// Changes the audience of the caller's new tasks.
///
/// # Errors
/// NOT_FOUND for a caller who is nobody in particular.
pub(crate) async fn set_my_audience(app: &App, reach: Reach, audience: Audience) -> Result<Audience> {
    let (owner, said) = (owner(reach)?, &audience);
    run_tx(&app.pool, "set_my_audience", |tx| {
        Box::pin(async move {
            store::usage::lock_tasks(tx, owner).await?;
            store::clients::check(tx, owner).await?;
            store::audiences::set(tx, owner, said).await?;
            app.acts.note(tx, Deed::on(owner).result("audience", said)).await
        })
    })
    .await?;
    Ok(audience)
}

/// What an owner has said; otherwise everybody, where the account is older than audiences are, and what is configured
/// where it is not.
pub(super) async fn default_of(app: &App, db: &mut PgConnection, owner: UserId) -> Result<Audience> {
    if let Some(said) = store::audiences::of_client(db, owner).await? {
        return Ok(said);
    }
    let is_old = owner.created_at() < store::audiences::since(db).await?;
    Ok(if is_old { Audience::Open } else { app.new_audience.clone() })
}

fn owner(reach: Reach) -> Result<UserId> {
    reach.owner().ok_or_else(|| Error::not_found("client"))
}
