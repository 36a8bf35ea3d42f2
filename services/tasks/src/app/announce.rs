//! Announces the images of submitted tasks to the others, in batches.

use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::App;
use crate::{
    domain::State,
    events::published,
    store::{self, announcements::Announcement},
};

/// How many images one event carries.
const BATCH: i64 = 500;
/// Announces all images that wait for it, a batch of each task in turn. The replicas share the tasks.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn announce_images(app: &App) -> Result<()> {
    let mut last = None;
    while let Some(task_id) = announce_next(app, last).await? {
        last = Some(task_id);
    }
    Ok(())
}

/// Announces one batch of the task that is next in turn after `last`; returns the task, or none where nothing is left.
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
    let task = store::tasks::within(tx, labelmesh_identity::Reach::All, task_id).await?;
    let State::Open(_) = task.state else { return store::announcements::end(tx, task_id).await };
    let images = store::images::list(tx, &task, after, BATCH).await?;
    let Some(last) = images.last() else { return store::announcements::end(tx, task_id).await };
    let announcement = Announcement { task_id, after: last.position };
    let added = published::images_added(&task, &images, app.clock.now());
    app.outbox.enqueue_about(tx, task.owner, &added).await?;
    store::announcements::advance(tx, &announcement).await
}
