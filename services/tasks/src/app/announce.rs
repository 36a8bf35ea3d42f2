//! Announcing the images of submitted tasks to the others, in batches.

use std::time::Duration;

use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::{
    domain::State,
    events::published,
    store::{self, announcements::Announcement},
};

/// How many images one event carries.
const BATCH: i64 = 500;
/// How often announcements are looked for that nobody woke us for: those of a replica that died.
const SWEEP_EVERY: Duration = Duration::from_secs(2);

/// Announces until `stop`. Every replica runs one; they share the tasks.
pub(crate) async fn keep_announcing(app: App, stop: CancellationToken) {
    let mut last = None;
    while !stop.is_cancelled() {
        match announce_next(&app, last).await {
            Ok(Some(task_id)) => {
                last = Some(task_id);
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error = %error, "can't announce images at present"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.announcing.notified() => {}
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
    }
}

/// Announces one batch of the task that is next in turn after `last`; returns the task, or none where nothing is left.
///
/// # Errors
/// Unavailable if the database does not answer.
async fn announce_next(app: &App, last: Option<TaskId>) -> Result<Option<TaskId>> {
    let announced = run_tx(&app.pool, "announce_images", |tx| {
        Box::pin(async move {
            let Some(announcement) = store::announcements::take(tx, last).await? else { return Ok(None) };
            announce(app, tx, announcement).await?;
            Ok(Some(announcement.task_id))
        })
    })
    .await?;
    if announced.is_some() {
        app.outbox.wake();
    }
    Ok(announced)
}

async fn announce(app: &App, tx: &mut PgConnection, announcement: Announcement) -> Result<()> {
    let Announcement { task_id, after } = announcement;
    let task = store::tasks::find(tx, labelmesh_identity::Reach::All, task_id).await?;
    let State::Open(_) = task.state else { return store::announcements::end(tx, task_id).await };
    let images = store::images::list(tx, task_id, after, BATCH).await?;
    let Some(last) = images.last() else { return store::announcements::end(tx, task_id).await };
    let announcement = Announcement { task_id, after: last.position };
    app.outbox.enqueue(tx, &published::images_added(&task, &images, app.clock.now())).await?;
    store::announcements::advance(tx, &announcement).await
}
