//! Tasks that are finished early or cancelled.

use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_ids::SubtaskId;
use labelmesh_proto::subtasks::v1::{ClosingCause, SubtaskDecided};
use subtasks::app::closing::close_ended::close_ended;
use subtasks::app::closing::redecide::progress;
use subtasks::app::handing_out::lapse::lapse_due;
use subtasks::app::reading::list_decisions::list_decisions;
use subtasks::app::tasks::delete_task::{delete_task, remove_deleted};
use subtasks::app::tasks::end_task::{end_task, finish_early};
use subtasks::domain::{Outcome, ShortageCause, TaskState};

use crate::stage::{LEASE, Stage, Task, asked, reason};

async fn finish(stage: &Stage, task: &Task) {
    finish_early(&stage.app, task.id, 3, &task.spec).await.expect("finishes");
}

async fn cancel(stage: &Stage, task: &Task) {
    end_task(&stage.app, task.id, 3, task.spec.owner_id, TaskState::Cancelled).await.expect("cancels");
}

fn of(events: &[SubtaskDecided], image: SubtaskId) -> &SubtaskDecided {
    events.iter().find(|event| event.subtask_id == image.to_string()).expect("an event about the image")
}

#[tokio::test]
async fn of_a_deleted_task_nothing_is_left_whatever_comes_first_or_twice() {
    let stage = Stage::new().await;
    stage.task(1, 1, 1).await;
    let task = stage.task_with_gold(600, 3, 1, 1).await;
    let operator = stage.operator();
    for held in stage.lease(operator, 5).await.held {
        stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
    }
    end_task(&stage.app, task.id, 3, task.spec.owner_id, TaskState::Cancelled).await.expect("cancels");
    for _ in 0..2 {
        delete_task(&stage.app, task.id, 4, task.spec.owner_id).await.expect("deletes");
        remove_deleted(&stage.app).await.expect("removes");
        // What comes late creates nothing.
        stage.announce(&task).await;
    }
    for table in ["subtask", "assignment", "decision", "former_decision", "standing", "place"] {
        assert_eq!(stage.rows_of(table, &task).await, 0, "{table}");
    }
    assert_eq!(reason(progress(&stage.app, Reach::All, task.id).await), Reason::NotFound);
    let unheard = stage.unannounced(2, 1, 1);
    delete_task(&stage.app, unheard.id, 4, unheard.spec.owner_id).await.expect("leaves a tombstone");
    stage.announce(&unheard).await;
    assert_eq!(stage.lease(stage.operator(), 5).await.held.len(), 1, "of the task that is left");
    stage.check().await;
}

#[tokio::test]
async fn finishing_decides_with_the_votes_at_hand() {
    let stage = Stage::new().await;
    let task = stage.task(3, 3, 5).await;
    let [voted, tied, bare] = [task.images[0], task.images[1], task.images[2]];
    let operators = [stage.operator(), stage.operator()];
    for operator in operators {
        stage.lease(operator, 2).await;
    }
    stage.vote(operators[0], voted, "cat").await.expect("votes");
    stage.vote(operators[0], tied, "owl").await.expect("votes");
    stage.vote(operators[1], tied, "dog").await.expect("votes");
    finish(&stage, &task).await;
    assert_eq!(close_ended(&stage.app).await.expect("closes"), 3);
    assert_eq!(close_ended(&stage.app).await.expect("again"), 0);
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.cause() == ClosingCause::FinishedEarly));
    assert_eq!((of(&events, voted).label.as_str(), of(&events, voted).contested), ("cat", false));
    assert_eq!((of(&events, tied).label.as_str(), of(&events, tied).contested), ("owl", true));
    assert_eq!((of(&events, bare).label.as_str(), of(&events, bare).votes.len()), ("", 0));
    let (kept, _) = list_decisions(&stage.app, Reach::All, task.id, bare, &asked(0, "")).await.expect("lists");
    assert_eq!((kept[0].label.as_deref(), kept[0].rule.as_str()), (None, ""), "no rule decided, as ListResults says");
    stage.check().await;
    // The second operator still holds the first image: the vote is kept and decides nothing.
    assert_eq!(stage.vote(operators[1], voted, "dog").await.expect("kept"), Outcome::Surplus);
    assert_eq!(stage.vote(operators[1], voted, "dog").await.expect("again"), Outcome::Unchanged);
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), 3);
    stage.check().await;
}

#[tokio::test]
async fn a_finished_task_is_not_handed_out_any_more_and_its_leases_run_out() {
    let stage = Stage::new().await;
    let task = stage.task(5, 3, 5).await;
    let operator = stage.operator();
    stage.lease(operator, 2).await;
    finish(&stage, &task).await;
    let shortage = stage.lease(stage.operator(), 1).await.shortage.expect("nothing");
    assert_eq!(shortage.cause, ShortageCause::NothingOpen);
    close_ended(&stage.app).await.expect("closes");
    assert!(stage.lease(operator, 2).await.held.is_empty());
    stage.pass(LEASE);
    assert_eq!(lapse_due(&stage.app).await.expect("lapses"), 2);
    stage.check().await;
}

#[tokio::test]
async fn more_images_than_one_transaction_closes_are_closed() {
    let stage = Stage::new().await;
    let task = stage.task(1_203, 2, 2).await;
    finish(&stage, &task).await;
    assert_eq!(close_ended(&stage.app).await.expect("closes"), 1_203);
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), 1_203);
    let closing: i64 =
        sqlx::query_scalar("SELECT count(*) FROM task WHERE closing").fetch_one(&stage.app.pool).await.expect("reads");
    assert_eq!((stage.open_images().await, closing), (0, 0));
    stage.check().await;
}

#[tokio::test]
async fn cancelling_ends_leases_and_tells_nothing() {
    let stage = Stage::new().await;
    let task = stage.task(3, 2, 2).await;
    let operators = [stage.operator(), stage.operator()];
    for operator in operators {
        stage.lease(operator, 1).await;
    }
    stage.vote(operators[0], task.images[0], "cat").await.expect("votes");
    cancel(&stage, &task).await;
    // At once, before the worker has come round.
    assert!(stage.lease(operators[1], 1).await.held.is_empty());
    assert_eq!(reason(stage.vote(operators[1], task.images[0], "cat").await), Reason::LeaseExpired);
    close_ended(&stage.app).await.expect("closes");
    assert_eq!(reason(stage.vote(operators[1], task.images[0], "cat").await), Reason::LeaseExpired);
    assert_eq!(stage.vote(operators[0], task.images[0], "cat").await.expect("stands"), Outcome::Unchanged);
    assert!(stage.events::<SubtaskDecided>().await.is_empty());
    assert_eq!(stage.open_images().await, 0);
    stage.check().await;
}
