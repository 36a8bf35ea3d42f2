//! In which order images come that want an extra vote to be sure of.

use labelmesh_ids::SubtaskId;
use subtasks::app::Operator;
use subtasks::app::handing_out::release::release;
use subtasks::app::learning::learn::learn_due;

use crate::stage::{REST, Stage};

/// Two new operators vote for the image, which must be the next one.
async fn two_vote(stage: &Stage, image: SubtaskId, labels: [&str; 2]) {
    for label in labels {
        stage.somebody_votes(image, label).await;
    }
}

/// The images that an operator is handed, one after the other, until there is nothing more.
async fn served(stage: &Stage, operator: Operator) -> Vec<SubtaskId> {
    let mut served = Vec::new();
    loop {
        let held = stage.lease(operator, served.len() as u32 + 1).await.held;
        match held.iter().find(|held| !served.contains(&held.subtask_id)) {
            Some(next) => served.push(next.subtask_id),
            None => return served,
        }
    }
}

/// How many open images wait in each lane that has any.
async fn waiting(stage: &Stage) -> Vec<(i16, i64)> {
    sqlx::query_as("SELECT lane, count(*) FROM subtask WHERE NOT closed GROUP BY lane ORDER BY lane")
        .fetch_all(&stage.app.pool)
        .await
        .expect("reads")
}

#[tokio::test]
async fn a_doubtful_image_is_served_before_fresh_ones_and_a_nearly_sure_one_after_them() {
    let stage = Stage::new().await;
    let task = stage.confident_task(5, 0.99, 2, 9).await;
    let images = &task.images;
    // Nearly sure first, so that its place is before that of the doubtful one.
    two_vote(&stage, images[0], ["cat", "cat"]).await;
    two_vote(&stage, images[1], ["cat", "dog"]).await;
    assert_eq!(waiting(&stage).await, [(0, 1), (1, 3), (3, 1)]);
    let order = [1, 2, 3, 4, 0].map(|image: usize| images[image]);
    assert_eq!(served(&stage, stage.operator()).await, order);
    assert_eq!(stage.lease(stage.operator(), 5).await.held.len(), 3, "each was asked for one vote more");
    stage.check().await;
}

#[tokio::test]
async fn a_tie_under_the_fixed_rule_is_served_before_fresh_images() {
    let stage = Stage::new().await;
    let task = stage.task(2, 2, 5).await;
    two_vote(&stage, task.images[0], ["cat", "dog"]).await;
    assert_eq!(served(&stage, stage.operator()).await, task.images);
    stage.check().await;
}

#[tokio::test]
async fn a_nearly_sure_image_that_was_given_back_is_served_first() {
    let stage = Stage::new().await;
    let task = stage.confident_task(2, 0.99, 2, 9).await;
    two_vote(&stage, task.images[0], ["cat", "cat"]).await;
    let operator = stage.operator();
    assert_eq!(served(&stage, operator).await, [task.images[1], task.images[0]]);
    release(&stage.app, operator, &task.images[..1]).await.expect("releases");
    assert_eq!(stage.lease_one(stage.operator()).await, task.images[0]);
    stage.check().await;
}

#[tokio::test]
async fn who_has_come_to_the_last_lane_is_still_handed_what_comes_into_the_first() {
    let stage = Stage::new().await;
    let task = stage.confident_task(3, 0.99, 2, 9).await;
    let images = &task.images;
    two_vote(&stage, images[0], ["cat", "cat"]).await;
    two_vote(&stage, images[1], ["cat", "cat"]).await;
    let [first, second] = [stage.operator(), stage.operator()];
    let held = stage.lease(first, 2).await.held;
    assert!(held.iter().all(|held| held.subtask_id != images[1]), "it waits behind the two that are held");
    stage.lease(second, 2).await;
    stage.vote(second, images[1], "dog").await.expect("votes");
    assert_eq!(waiting(&stage).await, [(0, 1), (1, 1), (3, 1)]);
    assert!(stage.lease(first, 3).await.held.iter().any(|held| held.subtask_id == images[1]));
    stage.check().await;
}

#[tokio::test]
async fn a_snapshot_puts_images_that_stay_open_where_a_further_vote_is_worth_as_much() {
    let stage = Stage::new().await;
    let task = stage.confident_task(60, 0.999_999, 2, 9).await;
    for operator in [stage.operator(), stage.operator()] {
        let labels = ["cat", "dog", "owl"].iter().cycle();
        for (&image, label) in served(&stage, operator).await.iter().zip(labels) {
            stage.vote(operator, image, label).await.expect("votes");
        }
    }
    // Two who agree are no more than that until they have agreed sixty times.
    assert_eq!(waiting(&stage).await, [(3, 60)]);
    assert_eq!(learn_due(&stage.app, task.id).await.expect("learns"), Some(1));
    assert_eq!(waiting(&stage).await, [(4, 60)]);
    stage.pass(REST);
    assert_eq!(served(&stage, stage.operator()).await, task.images);
    stage.check().await;
}
