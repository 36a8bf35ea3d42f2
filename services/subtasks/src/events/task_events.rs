//! Events about tasks as values of the domain.

use std::str::FromStr;

use labelmesh_events::Failure;
use labelmesh_ids::{ImageId, TaskId, UserId};
use labelmesh_proto::tasks::v1::{TaskFinishedEarly, TaskImagesAdded, TaskOpened, TaskSpec};

use crate::app::add_images::Announced;
use crate::domain::{Spec, Terms, stop_rule};
use crate::store::subtasks::NewImage;

/// A task was submitted.
pub(super) fn opened(event: TaskOpened) -> Result<(TaskId, u64, Spec), Failure> {
    Ok((id("task_id", &event.task_id)?, event.version, spec(event.spec)?))
}

/// A task was finished early.
pub(super) fn finished_early(event: TaskFinishedEarly) -> Result<(TaskId, u64, Spec), Failure> {
    Ok((id("task_id", &event.task_id)?, event.version, spec(event.spec)?))
}

/// Images were announced.
pub(super) fn images_added(event: TaskImagesAdded) -> Result<Announced, Failure> {
    let images = event.images.into_iter().map(|image| {
        let image_id: ImageId = id("images.image_id", &image.image_id)?;
        Ok(NewImage { subtask_id: image_id.into(), blob_key: image.blob_key, media_type: image.media_type })
    });
    Ok(Announced {
        task_id: id("task_id", &event.task_id)?,
        version: event.version,
        spec: spec(event.spec)?,
        images: images.collect::<Result<_, Failure>>()?,
    })
}

/// The ids of a task and its owner.
pub(super) fn ids(task: &str, owner: &str) -> Result<(TaskId, UserId), Failure> {
    Ok((id("task_id", task)?, id("owner_id", owner)?))
}

fn spec(spec: Option<TaskSpec>) -> Result<Spec, Failure> {
    let spec = spec.ok_or_else(|| Failure::poison("spec is missing"))?;
    let policy = spec.policy.ok_or_else(|| Failure::poison("spec.policy is missing"))?;
    let number = |votes: u32| u16::try_from(votes).map_err(Failure::poison);
    let stop = stop_rule(number(policy.redundancy)?, number(policy.max_votes)?, policy.confidence);
    let stop = stop.map_err(Failure::poison)?;
    if spec.labels.is_empty() {
        return Err(Failure::poison("spec.labels is empty"));
    }
    Ok(Spec {
        owner_id: id("spec.owner_id", &spec.owner_id)?,
        title: spec.title,
        instructions: spec.instructions,
        terms: Terms::new(spec.labels, stop),
        images: spec.images,
    })
}

fn id<T: FromStr>(field: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::poison(format!("{field} is no UUID: {text:?}")))
}
