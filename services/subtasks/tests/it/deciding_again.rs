//! Decisions that people make, and the history of decisions.

use labelmesh_errors::{Error, Reason};
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, UserId};
use labelmesh_proto::subtasks::v1::{ClosingCause, SubtaskDecided};
use subtasks::app::closing::adjudicate::adjudicate;
use subtasks::app::reading::list_decisions::list_decisions;
use subtasks::app::tasks::end_task::end_task;
use subtasks::domain::{Cause, Outcome, Ruling, TaskState};
use subtasks::store::decisions::Kept;

use crate::stage::{Stage, Task, asked, reason};

fn ruling(task: &Task, comment: &str) -> Ruling {
    Ruling { by: task.spec.owner_id, comment: comment.to_owned() }
}

async fn rule(stage: &Stage, task: &Task, image: SubtaskId, label: &str, comment: &str) -> Result<Kept, Error> {
    let reach = Reach::Own(task.spec.owner_id);
    adjudicate(&stage.app, reach, task.id, image, label, &ruling(task, comment)).await
}

async fn history(stage: &Stage, task: &Task, image: SubtaskId) -> Vec<Kept> {
    list_decisions(&stage.app, Reach::All, task.id, image, &asked(0, "")).await.expect("lists").0
}

#[tokio::test]
async fn a_contested_image_is_adjudicated_and_what_the_votes_said_is_kept() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 2).await;
    let image = task.images[0];
    stage.somebody_votes(image, "cat").await;
    stage.somebody_votes(image, "dog").await;
    let kept = rule(&stage, &task, image, "owl", "look at the ears").await.expect("adjudicates");
    assert_eq!(
        (kept.label.as_deref(), kept.rule.as_str(), kept.cause),
        (Some("owl"), "adjudicated", Cause::Adjudicated)
    );
    assert_eq!((kept.version, kept.confidence, kept.tied.len(), kept.counts.len()), (2, 1.0, 0, 2));
    assert_eq!((kept.decided_by, kept.comment.as_str()), (Some(task.spec.owner_id), "look at the ears"));
    let kept = history(&stage, &task, image).await;
    assert_eq!(kept.iter().map(|kept| kept.rule.as_str()).collect::<Vec<_>>(), ["adjudicated", "plurality"]);
    assert_eq!((kept[1].version, kept[1].tied.len(), kept[1].decided_by), (1, 2, None));
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!(events.len(), 2);
    assert_eq!((events[1].version, events[1].cause()), (2, ClosingCause::Adjudicated));
    assert_eq!((events[1].label.as_str(), events[1].contested), ("owl", false));
    stage.check().await;
}

#[tokio::test]
async fn the_same_ruling_again_is_harmless_and_another_replaces_it() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let image = task.images[0];
    stage.somebody_votes(image, "cat").await;
    end_task(&stage.app, task.id, 4, task.spec.owner_id, TaskState::Completed).await.expect("completes");
    let first = rule(&stage, &task, image, "dog", "").await.expect("adjudicates");
    assert_eq!(rule(&stage, &task, image, "dog", "").await.expect("again"), first);
    assert_eq!(rule(&stage, &task, image, "d\u{200b}og", "").await.expect("it looks the same"), first);
    assert_eq!(history(&stage, &task, image).await.len(), 2);
    let second = rule(&stage, &task, image, "cat", "").await.expect("thinks better of it");
    assert_eq!(second.version, first.version + 1);
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), 3);
    let (page, token) = list_decisions(&stage.app, Reach::All, task.id, image, &asked(2, "")).await.expect("lists");
    let (rest, end) = list_decisions(&stage.app, Reach::All, task.id, image, &asked(2, &token)).await.expect("lists");
    assert_eq!((page.len(), rest.len(), end.as_str()), (2, 1, ""));
    stage.check().await;
}

#[tokio::test]
async fn an_open_image_is_closed_by_a_ruling_and_votes_under_leases_are_surplus() {
    let stage = Stage::new().await;
    let task = stage.task(1, 3, 5).await;
    let image = task.images[0];
    stage.somebody_votes(image, "cat").await;
    let holder = stage.operator();
    stage.lease_one(holder).await;
    let kept = rule(&stage, &task, image, "dog", "").await.expect("adjudicates");
    assert_eq!(kept.counts.iter().map(|count| count.votes).sum::<u32>(), 1);
    stage.check().await;
    assert_eq!(stage.vote(holder, image, "cat").await.expect("votes"), Outcome::Surplus);
    assert_eq!(stage.open_images().await, 0);
    stage.check().await;
}

#[tokio::test]
async fn only_the_owner_rules_and_only_with_the_labels_of_the_task() {
    let stage = Stage::new().await;
    let (task, other) = (stage.task(1, 1, 1).await, stage.task(1, 1, 1).await);
    let image = task.images[0];
    assert_eq!(reason(rule(&stage, &task, image, "giraffe", "").await), Reason::LabelUnknown);
    assert_eq!(reason(rule(&stage, &task, other.images[0], "cat", "").await), Reason::NotFound);
    let stranger = Reach::Own(UserId::new(stage.app.clock.now(), stage.random.bytes()));
    let foreign = adjudicate(&stage.app, stranger, task.id, image, "cat", &ruling(&task, "")).await;
    assert_eq!(reason(foreign), Reason::NotFound);
    assert_eq!(reason(list_decisions(&stage.app, stranger, task.id, image, &asked(0, "")).await), Reason::NotFound);
    assert_eq!(history(&stage, &task, image).await, []);
    end_task(&stage.app, task.id, 4, task.spec.owner_id, TaskState::Cancelled).await.expect("cancels");
    assert_eq!(reason(rule(&stage, &task, image, "cat", "").await), Reason::TaskEnded);
    stage.check().await;
}
