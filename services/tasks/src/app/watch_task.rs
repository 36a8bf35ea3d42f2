//! Watches a task: a stream of its states.

use futures::{Stream, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_events::{State, watch};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;

use super::{App, get_task, progress_hint};
use crate::{domain::Task, store::tasks::OwnTask};

impl State for OwnTask {
    fn version(&self) -> u64 {
        self.version
    }

    fn is_over(&self) -> bool {
        self.ended_at().is_some()
    }
}

/// The task's states newer than `after_version`, until it has ended.
///
/// # Errors
/// NOT_FOUND; within the stream, unavailable if the database does not answer.
pub(crate) async fn watch_task(
    app: App,
    reach: Reach,
    id: TaskId,
    after_version: u64,
) -> Result<impl Stream<Item = Result<Task>> + Send + use<>> {
    let (bus, hint) = (app.bus.clone(), progress_hint(id));
    let states = watch(&bus, &hint, after_version, move || {
        let app = app.clone();
        async move { get_task(&app, reach, id).await }
    });
    Ok(states.await?.map_ok(OwnTask::into_task))
}
