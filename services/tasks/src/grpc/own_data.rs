//! What is stored about a client, as messages.

use labelmesh_proto::{
    tasks::v1::{StoredDeletedTask, StoredImage as ImageMessage, TaskRecord},
    timestamp,
};

use super::convert;
use crate::{
    app::Datum,
    config::Quotas,
    store::own_data::{DeletedTask, StoredImage},
};

/// A record of what is stored, with what a client may have.
pub(super) fn record(datum: Datum, quotas: Quotas) -> TaskRecord {
    let record = TaskRecord::default();
    match datum {
        Datum::Audience(audience) => TaskRecord { audience: Some(audience.into()), ..record },
        Datum::Usage(usage) => TaskRecord { usage: Some(convert::usage(usage, quotas)), ..record },
        Datum::Task(task) => TaskRecord { task: Some(task.into()), ..record },
        Datum::DeletedTask(task) => TaskRecord { deleted_task: Some(task.into()), ..record },
        Datum::Image(image) => TaskRecord { image: Some(image.into()), ..record },
    }
}

impl From<DeletedTask> for StoredDeletedTask {
    fn from(task: DeletedTask) -> Self {
        Self {
            task_id: task.id.to_string(),
            created_at: Some(timestamp(task.created_at)),
            deleted_at: Some(timestamp(task.deleted_at)),
        }
    }
}

impl From<StoredImage> for ImageMessage {
    fn from(stored: StoredImage) -> Self {
        Self {
            task_id: stored.task_id.to_string(),
            image: Some(stored.image.into()),
            uploaded_at: Some(timestamp(stored.uploaded_at)),
            result: Some(stored.result.into()),
        }
    }
}
