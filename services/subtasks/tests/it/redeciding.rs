//! Completed tasks decided again by another method, and how far operators agree.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use labelmesh_consensus::Method;
use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, UserId};
use labelmesh_proto::subtasks::v1::{ClosingCause, SubtaskDecided};
use labelmesh_testkit::until;
use subtasks::app::closing::adjudicate::adjudicate;
use subtasks::app::closing::redecide::{progress, redecide, redecide_next};
use subtasks::app::reading::agreement::agreement;
use subtasks::app::tasks::end_task::end_task;
use subtasks::domain::{Ruling, TaskState};
use subtasks::store::redecisions::Redecision;

use crate::stage::{Stage, Task, reason};

/// A completed task of which each image got three votes: the first operator says what it is, the others agree with each
/// other on something else for every fourth image.
async fn completed(stage: &Stage, images: usize) -> Task {
    let task = stage.task(images, 3, 3).await;
    complete(stage, task).await
}

/// The same for the only task that is open.
async fn complete(stage: &Stage, task: Task) -> Task {
    for voter in 0..3 {
        let operator = stage.operator();
        loop {
            let held = stage.lease(operator, 20).await.held;
            for held in &held {
                let odd = held.subtask_id.uuid().as_bytes()[15].is_multiple_of(4);
                let label = if odd && voter > 0 { "dog" } else { "cat" };
                stage.vote(operator, held.subtask_id, label).await.expect("votes");
            }
            if held.is_empty() {
                break;
            }
        }
    }
    assert_eq!(stage.open_images().await, 0);
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Completed).await.expect("completes");
    task
}

async fn ask(stage: &Stage, task: &Task, method: Method) -> labelmesh_errors::Result<Redecision> {
    redecide(&stage.app, Reach::Own(task.spec.owner_id), task.id, method).await
}

/// The versions that were told of each image.
async fn versions(stage: &Stage) -> BTreeMap<String, Vec<u64>> {
    let mut versions = BTreeMap::<String, Vec<u64>>::new();
    for event in stage.events::<SubtaskDecided>().await {
        versions.entry(event.subtask_id).or_default().push(event.version);
    }
    versions
}

#[tokio::test]
async fn clients_take_turns_at_having_tasks_decided_again() {
    let stage = Stage::new().await;
    let first = completed(&stage, 2).await;
    let mut second = stage.unannounced(2, 3, 3);
    second.spec.owner_id = first.spec.owner_id;
    stage.announce(&second).await;
    let second = complete(&stage, second).await;
    let other = completed(&stage, 2).await;
    for task in [&first, &second, &other] {
        ask(&stage, task, Method::Wawa).await.expect("asked");
        stage.app.clock.advance(TimeDelta::seconds(1));
    }
    for expected in [&first, &other, &second] {
        assert!(redecide_next(&stage.app).await.expect("works"));
        stage.app.clock.advance(TimeDelta::seconds(1));
        let made = progress(&stage.app, Reach::All, expected.id).await.expect("found");
        assert!(made.finished_at.is_some(), "{made:?}");
    }
}

#[tokio::test]
async fn every_image_is_decided_again_and_what_was_decided_before_is_kept() {
    let stage = Stage::new().await;
    let task = completed(&stage, 30).await;
    let person = Ruling { by: task.spec.owner_id, comment: String::new() };
    let ruled = task.images[3];
    adjudicate(&stage.app, Reach::All, task.id, ruled, "owl", &person).await.expect("adjudicates");
    let asked = ask(&stage, &task, Method::DawidSkene).await.expect("asks");
    assert_eq!((asked.method.as_str(), asked.finished_at), ("dawid-skene", None));
    assert_eq!(ask(&stage, &task, Method::DawidSkene).await.expect("again"), asked);
    assert_eq!(reason(ask(&stage, &task, Method::Mace).await), Reason::Conflict);
    assert!(redecide_next(&stage.app).await.expect("works"));
    assert!(!redecide_next(&stage.app).await.expect("nothing waits"));
    let done = progress(&stage.app, Reach::Own(task.spec.owner_id), task.id).await.expect("there");
    assert_eq!((done.images, done.done), (30, 30));
    assert!(done.finished_at.is_some());
    assert_eq!(ask(&stage, &task, Method::DawidSkene).await.expect("a repeat"), done);
    let events = stage.events::<SubtaskDecided>().await;
    let again: Vec<_> = events.iter().filter(|event| event.cause() == ClosingCause::Redecided).collect();
    assert_eq!(again.len(), 29);
    assert!(again.iter().all(|event| event.rule == "dawid-skene" && event.subtask_id != ruled.to_string()));
    let former: i64 = sqlx::query_scalar("SELECT count(*) FROM former_decision WHERE rule = 'plurality'")
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(former, 30, "one was replaced by a person");
    stage.check().await;
    // A third method replaces the second; one more time the first.
    ask(&stage, &task, Method::Auto).await.expect("asks");
    assert!(redecide_next(&stage.app).await.expect("works"));
    ask(&stage, &task, Method::Plurality).await.expect("asks");
    assert!(redecide_next(&stage.app).await.expect("works"));
    stage.check().await;
}

#[tokio::test]
async fn one_that_is_killed_in_the_middle_is_gone_on_with_and_nothing_happens_twice() {
    let stage = Stage::new().await;
    let task = completed(&stage, 1_300).await;
    ask(&stage, &task, Method::Auto).await.expect("asks");
    let (app, work) = (stage.app.clone(), stage.app.clone());
    let killed = tokio::spawn(async move { redecide_next(&work).await });
    until("the first images", async || {
        (progress(&app, Reach::All, task.id).await.expect("there").done > 0).then_some(())
    })
    .await;
    killed.abort();
    assert!(killed.await.is_err(), "it was not killed in time");
    // A server ends the transaction of a process that died; here it takes the pool a moment.
    let left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
                AND pid <> pg_backend_pid()";
    until("the end of its transaction", async || {
        let left: i64 = sqlx::query_scalar(left).fetch_one(&app.pool).await.expect("reads");
        (left == 0).then_some(())
    })
    .await;
    assert!(!redecide_next(&app).await.expect("looks"), "it is still taken");
    stage.pass(TimeDelta::seconds(61));
    // Two replicas at once, of which one gets it.
    let (one, other) = tokio::join!(redecide_next(&app), redecide_next(&app));
    assert!(one.expect("works") ^ other.expect("works"));
    let done = progress(&app, Reach::All, task.id).await.expect("there");
    assert_eq!((done.images, done.done), (1_300, 1_300));
    let versions = versions(&stage).await;
    assert_eq!(versions.len(), 1_300);
    assert!(versions.values().all(|versions| versions == &[1, 2]), "decided again once, each");
    stage.check().await;
}

#[tokio::test]
async fn what_would_take_too_much_memory_is_refused_or_given_up_and_may_be_asked_for_anew() {
    let mut stage = Stage::new().await;
    let task = completed(&stage, 30).await;
    stage.app.redeciding_bytes = 6_500;
    assert_eq!(reason(ask(&stage, &task, Method::Auto).await), Reason::TaskTooLarge);
    // Three operators with a matrix each are too many, which is seen when votes are read.
    ask(&stage, &task, Method::DawidSkene).await.expect("asks");
    assert!(redecide_next(&stage.app).await.expect("gives up"));
    assert!(!redecide_next(&stage.app).await.expect("looks"));
    let given_up = progress(&stage.app, Reach::All, task.id).await.expect("there");
    let problem = given_up.problem.expect("a problem");
    assert!(problem.contains("too large for dawid-skene") && given_up.finished_at.is_some(), "{problem}");
    stage.app.redeciding_bytes = 1 << 20;
    let anew = ask(&stage, &task, Method::DawidSkene).await.expect("asks");
    assert_eq!((anew.finished_at, anew.problem, anew.attempts), (None, None, 0));
    assert!(redecide_next(&stage.app).await.expect("works"));
    let done = progress(&stage.app, Reach::All, task.id).await.expect("there");
    assert_eq!((done.done, done.problem), (30, None));
}

#[tokio::test]
async fn what_comes_to_nothing_again_and_again_holds_up_no_other_and_is_given_up() {
    let stage = Stage::new().await;
    let broken = completed(&stage, 5).await;
    ask(&stage, &broken, Method::Auto).await.expect("asks");
    // As a release that is newer may have written it.
    sqlx::query("UPDATE redecision SET method = 'oracle'").execute(&stage.app.pool).await.expect("writes");
    stage.pass(TimeDelta::seconds(1));
    let other = completed(&stage, 5).await;
    ask(&stage, &other, Method::Auto).await.expect("asks");
    assert_eq!(reason(redecide_next(&stage.app).await), Reason::Internal, "the older one comes first");
    assert!(redecide_next(&stage.app).await.expect("works"));
    assert_eq!(progress(&stage.app, Reach::All, other.id).await.expect("there").done, 5);
    for _ in 0..4 {
        stage.pass(TimeDelta::seconds(60));
        assert_eq!(reason(redecide_next(&stage.app).await), Reason::Internal);
    }
    stage.pass(TimeDelta::seconds(60));
    assert!(redecide_next(&stage.app).await.expect("gives up"));
    let given_up = progress(&stage.app, Reach::All, broken.id).await.expect("there");
    assert!(given_up.problem.is_some_and(|problem| problem.contains("5 times")));
}

#[tokio::test]
async fn only_a_completed_task_of_ones_own_is_decided_again() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    assert_eq!(reason(ask(&stage, &task, Method::Auto).await), Reason::TaskNotCompleted);
    let stranger = Reach::Own(UserId::new(stage.app.clock.now(), stage.random.bytes()));
    assert_eq!(reason(redecide(&stage.app, stranger, task.id, Method::Auto).await), Reason::NotFound);
    assert_eq!(reason(progress(&stage.app, stranger, task.id).await), Reason::NotFound);
    assert_eq!(reason(progress(&stage.app, Reach::All, task.id).await), Reason::NotFound);
    assert_eq!(reason(agreement(&stage.app, stranger, task.id).await), Reason::NotFound);
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Cancelled).await.expect("cancels");
    assert_eq!(reason(ask(&stage, &task, Method::Auto).await), Reason::TaskEnded);
}

#[tokio::test]
async fn a_task_whose_images_are_decided_is_decided_again_before_its_completion_is_heard_of() {
    let stage = Stage::new().await;
    let task = stage.task(2, 1, 1).await;
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    stage.vote(operator, image, "cat").await.expect("votes");
    assert_eq!(reason(ask(&stage, &task, Method::Auto).await), Reason::TaskNotCompleted, "one is open");
    let image = stage.lease_one(operator).await;
    stage.vote(operator, image, "cat").await.expect("votes");
    ask(&stage, &task, Method::Auto).await.expect("asks");
    assert!(redecide_next(&stage.app).await.expect("works"));
    assert_eq!(progress(&stage.app, Reach::All, task.id).await.expect("there").done, 2);
}

#[tokio::test]
async fn the_owner_sees_how_far_operators_agree() {
    let stage = Stage::new().await;
    let task = completed(&stage, 40).await;
    let found = agreement(&stage.app, Reach::Own(task.spec.owner_id), task.id).await.expect("compares");
    assert_eq!((found.votes, found.images, found.operators, found.truncated), (120, 40, 3, false));
    let odd = task.images.iter().filter(|image: &&SubtaskId| image.uuid().as_bytes()[15].is_multiple_of(4)).count();
    let cats = &found.by_label[0];
    assert_eq!((cats.label.as_str(), cats.votes), ("cat", 120 - 2 * odd as u64));
    assert_eq!((found.by_label[1].votes, found.by_label[2].votes), (2 * odd as u64, 0));
    let alone = found.by_operator.iter().filter_map(|one| one.agreement).fold(1.0, f64::min);
    assert!((alone - (1.0 - odd as f64 / 40.0)).abs() < 1e-9, "one is alone with {odd} of 40: {alone}");
    assert!(found.krippendorff_alpha.is_some_and(|alpha| alpha > 0.0 && alpha < 1.0));
    assert!(found.by_operator.iter().all(|one| one.votes == 40 && one.operator.len() == 20));
    assert!(found.by_operator.iter().all(|one| one.reliability.is_some_and(|known| known.standard_error > 0.0)));
    assert_eq!(found.snapshot, None);
    let bare = stage.task(1, 1, 1).await;
    let found = agreement(&stage.app, Reach::All, bare.id).await.expect("compares");
    assert_eq!((found.votes, found.krippendorff_alpha, found.by_operator.len()), (0, None, 0));
}
