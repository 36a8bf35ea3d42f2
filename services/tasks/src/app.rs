//! The use cases: each loads, lets the domain decide, and saves with its events in one transaction.

mod announce;
mod apply_decisions;
mod apply_starved;
mod audience;
mod cancel_task;
mod create_task;
mod delete_client;
mod delete_image;
mod delete_task;
mod export_results;
mod export_tasks;
mod find_images;
mod finish_task;
mod get_image;
mod list;
mod remove_unused;
mod set_gold;
mod submit_task;
mod update_task;
mod upload;
mod usage;
mod watch_task;

use std::sync::Arc;

use chrono::TimeDelta;
use labelmesh_acts::Acts;
use labelmesh_blobs::Blobs;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Bus, Outbox};
use labelmesh_ids::TaskId;
use labelmesh_proto::tasks::v1::TasksActed;
use labelmesh_seal::PageTokens;
use sqlx::PgPool;
use tokio::sync::Notify;

pub(crate) use announce::announce_images;
pub(crate) use apply_decisions::apply_decisions;
pub(crate) use apply_starved::apply_starved;
pub(crate) use audience::{my_audience, set_my_audience, set_task_audience};
pub(crate) use cancel_task::cancel_task;
pub(crate) use create_task::create_task;
pub(crate) use delete_client::{delete_client, remove_clients};
pub(crate) use delete_image::delete_image;
pub(crate) use delete_task::{delete_task, remove_deleted};
pub(crate) use export_results::{Format, export_results};
pub(crate) use export_tasks::{Datum, export_tasks};
pub(crate) use find_images::find_images;
pub(crate) use finish_task::finish_task;
pub(crate) use get_image::{ImageBytes, ImageSize, get_image};
pub(crate) use list::{get_task, list_images, list_results, list_tasks};
pub(crate) use remove_unused::remove_unused;
pub(crate) use set_gold::set_gold;
pub(crate) use submit_task::submit_task;
pub(crate) use update_task::update_task;
pub(crate) use upload::{FileReport, Judge, Memory, Piece, upload_images};
pub(crate) use usage::my_usage;
pub(crate) use watch_task::watch_task;

use crate::{
    config::{Images, Quotas},
    domain::{Audience, Step, Task},
};

/// What the use cases work with. Clones share everything.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) acts: Acts<TasksActed>,
    pub(crate) bus: Bus,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) blobs: Blobs,
    pub(crate) images: Images,
    pub(crate) quotas: Quotas,
    /// The audience of new tasks, where their owner's account is new and says nothing.
    pub(crate) new_audience: Audience,
    /// How long the bytes of deleted images stay in the store.
    pub(crate) unused_for: TimeDelta,
    pub(crate) memory: Memory,
    pub(crate) judge: Judge,
    /// Wakes the worker that announces images, in this process.
    pub(crate) announcing: Arc<Notify>,
    /// Wakes the worker that removes deleted tasks, in this process.
    pub(crate) removing: Arc<Notify>,
    /// Wakes the worker that removes what deleted clients have, in this process.
    pub(crate) leaving: Arc<Notify>,
}

impl App {
    /// A transition is committed: tells of it where something has changed.
    async fn after(&self, step: Step) -> Task {
        match step {
            Step::Changed(task) => {
                self.changed(&task).await;
                task
            }
            Step::Unchanged(task) => task,
        }
    }

    /// A task has changed and that is committed: its events go out, and who watches looks again.
    async fn changed(&self, task: &Task) {
        self.outbox.wake();
        self.bus.hint(&progress_hint(task.id), task.version.to_string()).await;
    }
}

/// The subject on which replicas tell each other that a task has changed.
fn progress_hint(task_id: TaskId) -> String {
    format!("tasks.progress.{task_id}")
}
