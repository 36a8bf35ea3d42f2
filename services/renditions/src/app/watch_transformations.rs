//! Watches a batch: a stream of its states.

use std::time::Duration;

use futures::{FutureExt as _, Stream, StreamExt as _};
use labelmesh_errors::Result;
use labelmesh_identity::Reach;
use labelmesh_ids::BatchId;
use tokio::time::{Instant, sleep_until};

use super::{App, READ_EVERY, batch_hint};
use crate::{domain::Progress, store::batches};

/// The least time between two states: five a second.
const AT_MOST_EVERY: Duration = Duration::from_millis(200);
/// How often a state is sent again although it has not changed, to show that the stream lives. The contract's longest
/// silence is twice that.
const REPEAT_EVERY: Duration = Duration::from_secs(15);

/// The batch's states newer than `after_version`, until all of it has ended. Any replica can go on where another left
/// off.
///
/// # Errors
/// NOT_FOUND; within the stream, unavailable if the database does not answer.
pub(crate) async fn watch_transformations(
    app: App,
    reach: Reach,
    id: BatchId,
    after_version: u64,
) -> Result<impl Stream<Item = Result<Progress>> + Send + use<>> {
    // Subscribed before the first look, so that no change falls in between.
    let hints = app.bus.hints(&batch_hint(id)).await;
    let mut progress = read(&app, reach, id).await?;
    Ok(async_stream::try_stream! {
        let mut hints = std::pin::pin!(hints);
        let mut seen = after_version;
        let mut repeat_at = Instant::now() + REPEAT_EVERY;
        loop {
            let is_over = progress.is_over();
            if progress.version > seen || (Instant::now() >= repeat_at && !is_over) {
                seen = seen.max(progress.version);
                repeat_at = Instant::now() + REPEAT_EVERY;
                yield progress;
            }
            if is_over {
                return;
            }
            let read_at = (Instant::now() + READ_EVERY).min(repeat_at);
            sleep_until(Instant::now() + AT_MOST_EVERY).await;
            tokio::select! {
                Some(_) = hints.next() => {}
                () = sleep_until(read_at) => {}
            }
            // Whatever was hinted until now is answered by one look.
            while let Some(Some(_)) = hints.next().now_or_never() {}
            progress = read(&app, reach, id).await?;
        }
    })
}

async fn read(app: &App, reach: Reach, id: BatchId) -> Result<Progress> {
    batches::progress(&mut *app.pool.acquire().await?, reach, id).await
}
