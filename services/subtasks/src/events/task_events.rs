//! Events about tasks as values of the domain.

use std::str::FromStr;

use labelmesh_events::Failure;
use labelmesh_ids::{ImageId, TaskId, UserId};
use labelmesh_proto::tasks::v1::{TaskFinishedEarly, TaskImagesAdded, TaskOpened, TaskSpec};

use crate::app::tasks::add_images::Announced;
use crate::domain::{GoldRules, Spec, Terms, stop_rule};
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
    let spec = spec(event.spec)?;
    let images = event.images.into_iter().map(|image| {
        let image_id: ImageId = id("images.image_id", &image.image_id)?;
        let gold_label = (!image.gold_label.is_empty()).then_some(image.gold_label);
        if gold_label.as_ref().is_some_and(|label| spec.terms.label(label).is_none()) {
            return Err(Failure::poison("images.gold_label is no label of the task"));
        }
        let (blob_key, media_type) = (image.blob_key, image.media_type);
        Ok(NewImage { subtask_id: image_id.into(), blob_key, media_type, gold_label })
    });
    let images: Result<Vec<_>, Failure> = images.collect();
    Ok(Announced { task_id: id("task_id", &event.task_id)?, version: event.version, images: images?, spec })
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
        gold: gold(policy.gold_share, policy.gold_accuracy, number(policy.qualification)?),
    })
}

/// How a task uses gold images. One that was submitted before there were any says nothing.
fn gold(share: f64, accuracy: f64, qualification: u16) -> GoldRules {
    let default = GoldRules::default();
    GoldRules { share, accuracy: if accuracy > 0.0 { accuracy } else { default.accuracy }, qualification }
}

fn id<T: FromStr>(field: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::poison(format!("{field} is no UUID: {text:?}")))
}
