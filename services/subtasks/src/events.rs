//! What this service hears: the life of tasks. Events may come in any order and more than once.

mod task_events;

use labelmesh_events::{Bus, Delivery, Event as _, Failure, Work};
use labelmesh_proto::tasks::v1::{TaskCancelled, TaskCompleted, TaskFinishedEarly, TaskImagesAdded, TaskOpened};

use crate::app::{
    App,
    tasks::{add_images, end_task, open_task},
};
use crate::domain::TaskState;

/// The consumer's name on the broker.
const NAME: &str = "subtasks-tasks";

/// The consumer of all that happens to tasks, shared by the replicas.
#[must_use]
pub fn consumer(bus: &Bus) -> Work {
    let subjects = [
        TaskOpened::SUBJECT,
        TaskImagesAdded::SUBJECT,
        TaskFinishedEarly::SUBJECT,
        TaskCompleted::SUBJECT,
        TaskCancelled::SUBJECT,
    ];
    Work::new(bus, NAME, &subjects)
}

/// Applies events. Each is harmless when it comes again, so that a batch that fails in the middle may be repeated.
///
/// # Errors
/// Poison for an event that makes no sense; illness if the database fails.
pub async fn apply(app: &App, deliveries: &[Delivery]) -> Result<(), Failure> {
    for delivery in deliveries {
        apply_one(app, delivery).await?;
    }
    Ok(())
}

async fn apply_one(app: &App, delivery: &Delivery) -> Result<(), Failure> {
    match delivery.subject() {
        TaskOpened::SUBJECT => {
            let (task, version, spec) = task_events::opened(delivery.decode()?)?;
            open_task::open_task(app, task, version, &spec).await?;
        }
        TaskImagesAdded::SUBJECT => {
            let announced = task_events::images_added(delivery.decode()?)?;
            add_images::add_images(app, &announced).await?;
        }
        TaskFinishedEarly::SUBJECT => {
            let (task, version, spec) = task_events::finished_early(delivery.decode()?)?;
            end_task::finish_early(app, task, version, &spec).await?;
        }
        TaskCompleted::SUBJECT => {
            let event: TaskCompleted = delivery.decode()?;
            let (task, owner) = task_events::ids(&event.task_id, &event.owner_id)?;
            end_task::end_task(app, task, event.version, owner, TaskState::Completed).await?;
        }
        TaskCancelled::SUBJECT => {
            let event: TaskCancelled = delivery.decode()?;
            let (task, owner) = task_events::ids(&event.task_id, &event.owner_id)?;
            end_task::end_task(app, task, event.version, owner, TaskState::Cancelled).await?;
        }
        other => return Err(Failure::poison(format!("{other} is not for this consumer"))),
    }
    Ok(())
}
