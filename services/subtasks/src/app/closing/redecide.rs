//! Deciding a completed task again by another method.

mod work;

use labelmesh_acts::Deed;
use labelmesh_consensus::{Method, Size};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::App;
use crate::app::gather::{IMAGE_BYTES, VOTE_BYTES};
use crate::domain::TaskState;
use crate::store::{
    redecisions::{self, Redecision},
    tasks::{self, OwnTask},
};

pub use work::redecide_next;

/// Asks for a completed task to be decided again by another method; a worker does it. Asking for the method of the last
/// time, done or under way, changes nothing.
///
/// # Errors
/// NOT_FOUND where the task is not known or not the caller's, TASK_NOT_COMPLETED, TASK_ENDED if it was cancelled,
/// TASK_TOO_LARGE, CONFLICT while it is being decided by a third one.
pub async fn redecide(app: &App, reach: Reach, id: TaskId, method: Method) -> Result<Redecision> {
    let now = app.clock.now();
    run_tx(&app.pool, "redecide", |tx| {
        Box::pin(async move {
            let task = &tasks::within(tx, reach, id).await?;
            check(tx, app, task, method).await?;
            let before = redecisions::find(tx, task).await?.map(|before| before.method);
            redecisions::request(tx, task, method.name(), now).await?;
            let last = redecisions::find(tx, task).await?;
            let after = last.as_ref().map(|last| last.method.as_str());
            app.acts.note(tx, Deed::on(id).field("method", before.as_deref(), after).unless_idle()).await?;
            last.filter(|last| last.method == method.name())
                .ok_or_else(|| Error::new(Reason::Conflict, "the task is being decided again by another method"))
        })
    })
    .await
}

/// That a task may be decided again by a method.
async fn check(db: &mut PgConnection, app: &App, task: &OwnTask, method: Method) -> Result<()> {
    match task.state {
        TaskState::Completed => {}
        TaskState::Cancelled => return Err(Error::new(Reason::TaskEnded, "the task is cancelled")),
        // The caller may know that the task is completed before it was heard of here; that its images are decided was
        // said here.
        TaskState::Open | TaskState::Finishing => {
            if !tasks::has_arrived(db, task).await? || tasks::has_open(db, task).await? {
                return Err(Error::new(Reason::TaskNotCompleted, "the task is not completed yet"));
            }
        }
    }
    // One that had ended before it was heard of has no images here. How many operators there are is seen when votes are
    // read.
    let classes = task.terms.as_ref().map_or(0, |terms| terms.labels().len() as u64);
    let size = Size { items: task.images.unwrap_or(0), votes: 0, operators: 0, classes };
    check_size(app, method, &size)
}

/// Checks that a method and a set of votes together take no more memory than they may.
fn check_size(app: &App, method: Method, size: &Size) -> Result<()> {
    let votes = size.votes.saturating_mul(VOTE_BYTES).saturating_add(size.items.saturating_mul(IMAGE_BYTES));
    let bytes = method.bytes(size).saturating_add(votes);
    if bytes <= app.redeciding_bytes { Ok(()) } else { Err(too_large(app, method, bytes)) }
}

fn too_large(app: &App, method: Method, bytes: u64) -> Error {
    let (name, mib, most) = (method.name(), bytes >> 20, app.redeciding_bytes >> 20);
    let sentence =
        format!("the task is too large for {name}: it would take {mib} MiB of memory or more, and {most} are allowed");
    Error::new(Reason::TaskTooLarge, sentence)
}

/// How far the last time has come.
///
/// # Errors
/// NOT_FOUND where there was none, or the task is not the caller's.
pub async fn progress(app: &App, reach: Reach, task: TaskId) -> Result<Redecision> {
    let mut db = app.pool.acquire().await?;
    let task = tasks::within(&mut db, reach, task).await?;
    redecisions::find(&mut db, &task).await?.ok_or_else(|| Error::not_found("redecision"))
}
