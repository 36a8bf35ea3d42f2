//! Watches a batch: a stream of its states.

use futures::Stream;
use labelmesh_errors::Result;
use labelmesh_events::{State, watch};
use labelmesh_identity::Reach;
use labelmesh_ids::BatchId;

use super::{App, batch_hint};
use crate::{domain::Progress, store::batches};

impl State for Progress {
    fn version(&self) -> u64 {
        self.version
    }

    fn is_over(&self) -> bool {
        self.queued == 0 && self.running == 0
    }
}

/// The batch's states newer than `after_version`, until all of it has ended.
///
/// # Errors
/// NOT_FOUND; within the stream, unavailable if the database does not answer.
pub(crate) async fn watch_transformations(
    app: App,
    reach: Reach,
    id: BatchId,
    after_version: u64,
) -> Result<impl Stream<Item = Result<Progress>> + Send + use<>> {
    let (bus, pool) = (app.bus.clone(), app.pool.clone());
    watch(&bus, &batch_hint(id), after_version, move || {
        let pool = pool.clone();
        async move { batches::progress(&mut *pool.acquire().await?, reach, id).await }
    })
    .await
}
