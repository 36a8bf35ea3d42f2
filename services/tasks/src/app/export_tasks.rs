//! Everything that is stored about a client, for the client.

use futures::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::{few, rows};

use super::App;
use crate::{
    domain::{Audience, Task, Usage},
    store::{
        audiences,
        own_data::{self, DeletedTask, StoredImage},
        tasks, usage,
    },
};

/// How many rows one query reads.
const PAGE: i64 = 500;

/// Something that is stored about a client.
#[derive(Debug)]
pub(crate) enum Datum {
    Audience(Audience),
    Usage(Usage),
    Task(Task),
    DeletedTask(DeletedTask),
    Image(StoredImage),
}

/// Streams what is stored about a client, read page by page: one kind after the other, tasks the newest first, images
/// in the order of tasks and of upload.
///
/// # Errors
/// Unavailable if the database does not answer; then the stream ends.
pub(crate) fn export_tasks(app: &App, me: UserId) -> impl Stream<Item = Result<Datum>> + Send + use<> {
    let pool = || app.pool.clone();
    let audience =
        few(pool(), move |db| async move { Ok(audiences::of_client(db, me).await?.into_iter().collect()) }.boxed());
    let used = few(pool(), move |db| async move { Ok(vec![usage::of(db, me).await?]) }.boxed());
    let key = |task: &Task| task.id;
    let tasks = rows(pool(), PAGE, key, move |db, after, limit| tasks::list(db, Reach::Own(me), after, limit).boxed());
    let key = |task: &DeletedTask| task.id;
    let deleted =
        rows(pool(), PAGE, key, move |db, after, limit| own_data::deleted_tasks(db, me, after, limit).boxed());
    let key = |stored: &StoredImage| (stored.task_id, stored.image.position);
    let images = rows(pool(), PAGE, key, move |db, after, limit| own_data::images(db, me, after, limit).boxed());
    audience
        .map_ok(Datum::Audience)
        .chain(used.map_ok(Datum::Usage))
        .chain(tasks.map_ok(Datum::Task))
        .chain(deleted.map_ok(Datum::DeletedTask))
        .chain(images.map_ok(Datum::Image))
}
