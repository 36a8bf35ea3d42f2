//! Events of this service, made from tasks.

use chrono::{DateTime, Utc};
use labelmesh_proto::{
    tasks::v1::{
        AnnouncedImage, GoldUse, TaskAudienceChanged, TaskCancelled, TaskCompleted, TaskDeleted, TaskFinishedEarly,
        TaskImagesAdded, TaskOpened, TaskSpec, TaskStarved,
    },
    timestamp,
};

use crate::domain::{Image, Task};

/// A task was submitted.
pub(crate) fn opened(task: &Task, now: DateTime<Utc>) -> TaskOpened {
    TaskOpened {
        task_id: task.id.to_string(),
        version: task.version,
        spec: Some(spec(task)),
        occurred_at: Some(timestamp(now)),
    }
}

/// Some of its images are to be labeled.
pub(crate) fn images_added(task: &Task, images: &[Image], now: DateTime<Utc>) -> TaskImagesAdded {
    let images = images.iter().map(|image| AnnouncedImage {
        image_id: image.id.to_string(),
        blob_key: image.operators_key(),
        media_type: image.media_type.clone(),
        gold_label: image.gold_label.clone().unwrap_or_default(),
        gold_use: gold_use(image).into(),
    });
    TaskImagesAdded {
        task_id: task.id.to_string(),
        version: task.version,
        spec: Some(spec(task)),
        images: images.collect(),
        occurred_at: Some(timestamp(now)),
    }
}

/// A task is to be ended with the votes at hand.
pub(crate) fn finished_early(task: &Task, now: DateTime<Utc>) -> TaskFinishedEarly {
    TaskFinishedEarly {
        task_id: task.id.to_string(),
        version: task.version,
        spec: Some(spec(task)),
        occurred_at: Some(timestamp(now)),
    }
}

/// Who is handed its images has changed, or was said of a draft.
pub(crate) fn audience_changed(task: &Task, now: DateTime<Utc>) -> TaskAudienceChanged {
    TaskAudienceChanged {
        task_id: task.id.to_string(),
        version: task.audience_version,
        owner_id: task.owner.to_string(),
        audience: Some(task.audience.clone().into()),
        occurred_at: Some(timestamp(now)),
    }
}

/// A task was cancelled.
pub(crate) fn cancelled(task: &Task, now: DateTime<Utc>) -> TaskCancelled {
    TaskCancelled {
        task_id: task.id.to_string(),
        version: task.version,
        owner_id: task.owner.to_string(),
        occurred_at: Some(timestamp(now)),
    }
}

/// A task was deleted, and has this version from now on.
pub(crate) fn deleted(task: &Task, version: u64, now: DateTime<Utc>) -> TaskDeleted {
    TaskDeleted {
        task_id: task.id.to_string(),
        version,
        owner_id: task.owner.to_string(),
        occurred_at: Some(timestamp(now)),
    }
}

/// Every image of a task is accounted for.
pub(crate) fn completed(task: &Task, now: DateTime<Utc>) -> TaskCompleted {
    let progress = task.progress();
    TaskCompleted {
        task_id: task.id.to_string(),
        version: task.version,
        owner_id: task.owner.to_string(),
        title: task.draft.title().to_owned(),
        images: task.images(),
        decided: progress.decided,
        contested: progress.contested,
        undecided: progress.undecided,
        occurred_at: Some(timestamp(now)),
    }
}

/// The first images of a task starve.
pub(crate) fn starved(task: &Task, now: DateTime<Utc>) -> TaskStarved {
    TaskStarved {
        task_id: task.id.to_string(),
        version: task.version,
        owner_id: task.owner.to_string(),
        title: task.draft.title().to_owned(),
        images: task.images(),
        starved: task.progress().starved,
        occurred_at: Some(timestamp(now)),
    }
}

fn gold_use(image: &Image) -> GoldUse {
    match (&image.gold_label, image.qualifies) {
        (None, _) => GoldUse::Unspecified,
        (Some(_), true) => GoldUse::Qualification,
        (Some(_), false) => GoldUse::Control,
    }
}

fn spec(task: &Task) -> TaskSpec {
    TaskSpec {
        owner_id: task.owner.to_string(),
        title: task.draft.title().to_owned(),
        instructions: task.draft.instructions().to_owned(),
        labels: task.draft.labels().to_vec(),
        policy: Some(task.draft.policy().into()),
        images: task.images(),
        audience: Some(task.audience.clone().into()),
        audience_version: task.audience_version,
    }
}
