//! The use cases: each loads, lets the domain decide, and saves with its events in one transaction.

mod adopt_images;
mod apply_progress;
mod cancel_transformation;
mod create_transformations;
mod export_transformations;
mod forget_client;
mod get_transformation;
mod give_up;
mod list_transformations;
mod measure_queues;
mod offer;
mod remove_old;
mod rendition;
mod turns;
mod upload_sources;
mod watch_transformations;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use labelmesh_blobs::Blobs;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Bus, Outbox};
use labelmesh_ids::{BatchId, TransformationId};
use labelmesh_seal::PageTokens;
use sqlx::PgPool;
use tokio::sync::Semaphore;

pub(crate) use apply_progress::{News, apply_progress};
pub(crate) use cancel_transformation::cancel_transformation;
pub(crate) use create_transformations::{Asking, Batch, create_batch, create_transformation};
pub(crate) use export_transformations::{Datum, export_transformations};
pub(crate) use forget_client::forget_client;
pub(crate) use get_transformation::{get_transformation, wait_for_transformation};
pub(crate) use give_up::give_up;
pub(crate) use list_transformations::list_transformations;
pub(crate) use measure_queues::measure_queues;
pub(crate) use offer::Offer;
pub(crate) use remove_old::remove_old;
pub(crate) use rendition::rendition;
pub(crate) use turns::take_turns;
pub(crate) use upload_sources::{FileReport, upload_sources};
pub(crate) use watch_transformations::watch_transformations;

use crate::{
    config::{Pictures, Quotas, Turns},
    store::transformations::Changed,
    tasks::Tasks,
};

/// How often something is read although nobody gave a hint: hints may be lost.
const READ_EVERY: Duration = Duration::from_secs(5);

/// What the use cases work with. Clones share everything.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) bus: Bus,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) blobs: Blobs,
    pub(crate) tasks: Tasks,
    pub(crate) pictures: Pictures,
    pub(crate) quotas: Quotas,
    pub(crate) offer: Offer,
    pub(crate) turns: Turns,
    /// How long sources stay after they were used last, and transformations after they have ended.
    pub(crate) kept_for: TimeDelta,
    /// One permit for each file on its way in.
    pub(crate) uploads: Arc<Semaphore>,
    /// One permit for each image that is made a source, and has a connection to the database meanwhile.
    pub(crate) copies: Arc<Semaphore>,
    /// One permit for each call that waits for an end.
    pub(crate) waiting: Arc<Semaphore>,
}

impl App {
    /// How many jobs of one client and one kind are queued at a time.
    fn at_once(&self) -> u32 {
        self.turns.at_once.get()
    }

    /// Transformations have changed and that is committed: who waits for them looks again.
    async fn changed(&self, changed: &[Changed]) {
        let batches = changed.iter().filter_map(|(_, batch)| *batch).collect::<std::collections::BTreeSet<_>>();
        for batch in batches {
            self.bus.hint(&batch_hint(batch), String::new()).await;
        }
        for (id, _) in changed {
            self.bus.hint(&transformation_hint(*id), String::new()).await;
        }
    }
}

/// The subject on which replicas tell each other that a transformation has changed.
fn transformation_hint(id: TransformationId) -> String {
    format!("renditions.transformation.{id}")
}

/// The subject on which replicas tell each other that some of a batch have changed.
fn batch_hint(id: BatchId) -> String {
    format!("renditions.batch.{id}")
}
