//! Events about tasks come in any order and more than once.

use labelmesh_proto::subtasks::v1::{ClosingCause, SubtaskDecided};
use subtasks::app::closing::close_ended::close_ended;
use subtasks::app::tasks::end_task::{end_task, finish_early};
use subtasks::app::tasks::open_task::open_task;
use subtasks::domain::TaskState;

use crate::stage::{Stage, Task};

async fn cancel(stage: &Stage, task: &Task) {
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Cancelled).await.expect("cancels");
}

async fn images(stage: &Stage) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM subtask").fetch_one(&stage.app.pool).await.expect("reads")
}

#[tokio::test]
async fn images_may_be_announced_twice_and_before_their_task() {
    let stage = Stage::new().await;
    let task = stage.unannounced(4, 2, 2);
    stage.announce(&task).await;
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    stage.vote(operator, image, "cat").await.expect("votes");
    open_task(&stage.app, task.id, 1, &task.spec).await.expect("opens");
    stage.announce(&task).await;
    assert_eq!(images(&stage).await, 4);
    stage.check().await;
}

#[tokio::test]
async fn images_of_a_cancelled_task_are_not_created() {
    let stage = Stage::new().await;
    let task = stage.unannounced(4, 2, 2);
    cancel(&stage, &task).await;
    open_task(&stage.app, task.id, 1, &task.spec).await.expect("ignored");
    stage.announce(&task).await;
    cancel(&stage, &task).await;
    close_ended(&stage.app).await.expect("closes");
    assert_eq!(images(&stage).await, 0);
    assert!(stage.lease(stage.operator(), 1).await.held.is_empty());
}

#[tokio::test]
async fn images_of_a_finished_task_are_closed_undecided_at_once() {
    let stage = Stage::new().await;
    let task = stage.unannounced(4, 2, 2);
    finish_early(&stage.app, task.id, 3, &task.spec).await.expect("finishes");
    close_ended(&stage.app).await.expect("closes");
    for _ in 0..2 {
        stage.announce(&task).await;
    }
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!(events.len(), 4);
    assert!(events.iter().all(|event| event.label.is_empty() && event.cause() == ClosingCause::FinishedEarly));
    assert_eq!((stage.open_images().await, images(&stage).await), (0, 4));
    stage.check().await;
}

#[tokio::test]
async fn a_task_that_ended_is_not_opened_again() {
    let stage = Stage::new().await;
    let task = stage.task(2, 2, 2).await;
    cancel(&stage, &task).await;
    finish_early(&stage.app, task.id, 3, &task.spec).await.expect("ignored");
    open_task(&stage.app, task.id, 1, &task.spec).await.expect("ignored");
    close_ended(&stage.app).await.expect("closes");
    assert!(stage.events::<SubtaskDecided>().await.is_empty());
    assert!(stage.lease(stage.operator(), 1).await.held.is_empty());
    stage.check().await;
}
