//! Votes until a label is sure enough, by what is learned of the operators meanwhile.

use std::sync::Arc;

use labelmesh_consensus::{Method, StopRule};
use labelmesh_identity::Reach;
use labelmesh_ids::SubtaskId;
use labelmesh_proto::subtasks::v1::SubtaskDecided;
use subtasks::app::Operator;
use subtasks::app::closing::close_ended::close_ended;
use subtasks::app::closing::redecide::{redecide, redecide_next};
use subtasks::app::learning::learn::learn_due;
use subtasks::app::snapshots::Snapshots;
use subtasks::app::tasks::end_task::{end_task, finish_early};
use subtasks::domain::{GoldRules, TaskState, Terms};

use crate::stage::{REST, Stage, Task};

const LABELS: [&str; 3] = ["cat", "dog", "owl"];

/// What an image shows.
fn truth(image: SubtaskId) -> usize {
    usize::from(image.uuid().as_bytes()[15]) % LABELS.len()
}

/// Somebody who is right so often.
#[derive(Clone, Copy)]
struct Person {
    operator: Operator,
    accuracy: f64,
}

impl Person {
    /// What this person says about an image: the same whenever asked.
    fn label(self, image: SubtaskId) -> &'static str {
        let draw = |salt: u128| {
            let mixed = (image.uuid().as_u128() ^ self.operator.user_id().uuid().as_u128().rotate_left(31) ^ salt)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            (mixed >> 75) as f64 / (1u64 << 53) as f64
        };
        let right = draw(1) < self.accuracy;
        let slip = if draw(2) < 0.5 { 1 } else { 2 };
        LABELS[(truth(image) + if right { 0 } else { slip }) % LABELS.len()]
    }
}

fn people(stage: &Stage, good: usize, random: usize) -> Vec<Person> {
    let accuracies = std::iter::repeat_n(0.9, good).chain(std::iter::repeat_n(1.0 / 3.0, random));
    accuracies.map(|accuracy| Person { operator: stage.operator(), accuracy }).collect()
}

/// Everybody labels until nothing is left, and what was learned is looked after in between.
async fn label_all(stage: &Stage, task: &Task, people: &[Person]) {
    while stage.open_images().await > 0 {
        for person in people {
            for held in stage.lease(person.operator, 3).await.held {
                stage.vote(person.operator, held.subtask_id, person.label(held.subtask_id)).await.expect("votes");
            }
        }
        learn_due(&stage.app, task.id).await.expect("learns");
        stage.pass(REST);
    }
}

/// How many votes the decisions took, and how many labels are right.
async fn outcome(stage: &Stage) -> (u32, usize) {
    let events = stage.events::<SubtaskDecided>().await;
    let votes = events.iter().flat_map(|event| &event.votes).map(|count| count.votes).sum();
    let right = events.iter().filter(|event| event.label == LABELS[truth(event.subtask_id.parse().expect("an id"))]);
    (votes, right.count())
}

#[tokio::test]
async fn a_confidence_takes_fewer_votes_than_a_fixed_number_and_is_not_more_often_wrong() {
    let stage = Stage::new().await;
    let crew = people(&stage, 8, 4);
    let task = stage.task(150, 5, 7).await;
    label_all(&stage, &task, &crew).await;
    let fixed = outcome(&stage).await;
    stage.check().await;
    stage.clear().await;
    let task = stage.confident_task(150, 0.8, 2, 9).await;
    label_all(&stage, &task, &crew).await;
    let sure = outcome(&stage).await;
    stage.check().await;
    println!("fixed: {fixed:?} votes and right labels of 150, until sure: {sure:?}");
    assert!(f64::from(sure.0) < 0.9 * f64::from(fixed.0), "{} votes against {}", sure.0, fixed.0);
    assert!(sure.1 >= fixed.1, "{} right against {}", sure.1, fixed.1);
    let made_with: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM decision d JOIN subtask USING (subtask_id)
             JOIN snapshot s ON s.task_id = subtask.task_id AND s.version = d.snapshot WHERE d.rule = 'auto'",
    )
    .fetch_one(&stage.app.pool)
    .await
    .expect("reads");
    assert!(made_with > 75, "{made_with} decisions name the snapshot they were made with");
}

/// How many decisions by `auto` rest on each number of gold images; 0 is on what is usual.
async fn resting_on(stage: &Stage) -> Vec<(Option<i32>, i64)> {
    let counts = "SELECT gold_images, count(*) FROM decision WHERE rule = 'auto' GROUP BY gold_images ORDER BY 1";
    sqlx::query_as(counts).fetch_all(&stage.app.pool).await.expect("reads")
}

#[tokio::test]
async fn answers_on_gold_are_learned_from_and_decisions_say_that_they_rest_on_them() {
    let stage = Stage::new().await;
    let crew = people(&stage, 6, 0);
    let mut task = stage.unannounced(60, 2, 9);
    task.spec.terms = Terms::new(task.spec.terms.labels().to_vec(), StopRule::until(0.9, 2, 9).expect("fit"));
    task.spec.gold = GoldRules { share: 0.5, ..GoldRules::default() };
    task.gold = task.images[..12].iter().map(|&image| (image, LABELS[truth(image)])).collect();
    stage.announce(&task).await;
    label_all(&stage, &task, &crew).await;
    let resting = resting_on(&stage).await;
    assert!(resting.iter().any(|&(images, _)| images.is_some_and(|images| (10..=12).contains(&images))), "{resting:?}");
    assert!(resting.iter().all(|(images, _)| images.is_some()), "{resting:?}");
    // So does a task that is decided again, where all that was answered is known.
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Completed).await.expect("completes");
    redecide(&stage.app, Reach::Own(task.spec.owner_id), task.id, Method::Auto).await.expect("asks");
    assert!(redecide_next(&stage.app).await.expect("decides"));
    let resting = resting_on(&stage).await;
    assert!(matches!(resting[..], [(Some(10..=12), 48)]), "{resting:?}");
    // A counting method claims nothing.
    redecide(&stage.app, Reach::Own(task.spec.owner_id), task.id, Method::Plurality).await.expect("asks");
    assert!(redecide_next(&stage.app).await.expect("decides"));
    assert_eq!(resting_on(&stage).await, []);
    stage.check().await;
}

#[tokio::test]
async fn a_task_is_learned_when_its_votes_have_grown_and_by_one_replica() {
    let stage = Stage::new().await;
    let crew = people(&stage, 4, 0);
    let task = stage.confident_task(60, 0.99, 4, 9).await;
    assert_eq!(learn_due(&stage.app, task.id).await.expect("looks"), None);
    for person in &crew[..2] {
        for _ in 0..4 {
            for held in stage.lease(person.operator, 10).await.held {
                stage.vote(person.operator, held.subtask_id, person.label(held.subtask_id)).await.expect("votes");
            }
        }
    }
    let tries = (0..4).map(|_| learn_due(&stage.app, task.id));
    let learned: Vec<u32> =
        futures::future::join_all(tries).await.into_iter().filter_map(|learned| learned.expect("tries")).collect();
    assert_eq!(learned, [1]);
    assert_eq!(learn_due(&stage.app, task.id).await.expect("looks"), None, "nothing has come since");
    let fixed = stage.task(1, 1, 1).await;
    assert_eq!(learn_due(&stage.app, fixed.id).await.expect("looks"), None);
    stage.check().await;
}

#[tokio::test]
async fn a_replica_that_has_read_nothing_judges_by_the_newest_snapshot() {
    let stage = Stage::new().await;
    let crew = people(&stage, 9, 0);
    let task = stage.confident_task(60, 0.9, 2, 9).await;
    for person in &crew[..3] {
        for _ in 0..5 {
            for held in stage.lease(person.operator, 10).await.held {
                stage.vote(person.operator, held.subtask_id, person.label(held.subtask_id)).await.expect("votes");
            }
        }
    }
    assert_eq!(learn_due(&stage.app, task.id).await.expect("learns"), Some(1));
    let mut other = stage.clone();
    other.app.snapshots = Snapshots::default();
    label_all(&other, &task, &crew).await;
    let with: i64 = sqlx::query_scalar("SELECT count(*) FROM decision WHERE snapshot = 1")
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert!(with > 0, "no decision was made with the snapshot");
    stage.check().await;
}

#[tokio::test]
async fn images_that_a_snapshot_makes_sure_enough_wait_for_no_further_vote() {
    let stage = Stage::new().await;
    let crew = people(&stage, 3, 0);
    // Three who agree are not sure enough while nothing is known of them; in the end they are.
    let task = stage.confident_task(60, 0.97, 3, 9).await;
    for person in &crew {
        loop {
            let held = stage.lease(person.operator, 10).await.held;
            for held in &held {
                stage.vote(person.operator, held.subtask_id, LABELS[truth(held.subtask_id)]).await.expect("votes");
            }
            if held.is_empty() {
                break;
            }
        }
    }
    let before = stage.open_images().await;
    assert!(before > 50, "{before} are open");
    let last: i64 = sqlx::query_scalar("SELECT count(*) FROM subtask WHERE NOT closed AND lane = 4")
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(last, before, "they are nearly sure, and would be handed out last");
    assert_eq!(learn_due(&stage.app, task.id).await.expect("learns"), Some(1));
    assert_eq!(stage.open_images().await, 0);
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!(events.len(), 60);
    assert!(events.iter().filter(|event| event.rule == "auto").all(|event| event.confidence >= 0.97));
    stage.check().await;
}

#[tokio::test]
async fn finishing_early_decides_by_what_is_known() {
    let stage = Stage::new().await;
    let crew = people(&stage, 3, 0);
    let task = stage.confident_task(60, 0.999, 5, 9).await;
    for person in &crew {
        for _ in 0..6 {
            for held in stage.lease(person.operator, 10).await.held {
                stage.vote(person.operator, held.subtask_id, person.label(held.subtask_id)).await.expect("votes");
            }
        }
    }
    assert_eq!(learn_due(&stage.app, task.id).await.expect("learns"), Some(1));
    finish_early(&stage.app, task.id, 3, &task.spec).await.expect("finishes");
    assert_eq!(close_ended(&stage.app).await.expect("closes"), 60);
    assert_eq!(learn_due(&stage.app, task.id).await.expect("looks"), None, "it has ended");
    let rules: Vec<String> = sqlx::query_scalar("SELECT DISTINCT rule FROM decision WHERE label IS NOT NULL")
        .fetch_all(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(rules, ["auto"]);
    stage.check().await;
}

#[tokio::test]
async fn everybody_votes_while_it_is_learned() {
    let stage = Arc::new(Stage::new().await);
    let crew = people(&stage, 6, 2);
    let task = Arc::new(stage.confident_task(80, 0.9, 2, 8).await);
    let shifts = crew.iter().map(|&person| {
        let stage = stage.clone();
        tokio::spawn(async move {
            loop {
                let held = stage.lease(person.operator, 2).await.held;
                for held in &held {
                    let label = person.label(held.subtask_id);
                    stage.vote(person.operator, held.subtask_id, label).await.expect("votes");
                }
                if held.is_empty() {
                    return;
                }
            }
        })
    });
    let shifts: Vec<_> = shifts.collect();
    for _ in 0..20 {
        learn_due(&stage.app, task.id).await.expect("learns");
        stage.check().await;
    }
    for shift in shifts {
        shift.await.expect("no panic");
    }
    label_all(&stage, &task, &crew).await;
    stage.check().await;
}
