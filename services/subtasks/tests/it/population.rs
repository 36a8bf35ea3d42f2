//! Closed populations decide everything, whatever their members do.

use futures::future::join_all;
use labelmesh_clock::Random;
use labelmesh_proto::subtasks::v1::SubtaskDecided;
use subtasks::app::Operator;
use subtasks::app::closing::close_ended::close_ended;
use subtasks::app::handing_out::lapse::lapse_due;
use subtasks::app::tasks::end_task::finish_early;

use crate::stage::{LEASE, REST, Stage};

/// Everybody works at once: leases, votes for most of it with some disagreement, walks away from the rest.
async fn work_at_once(stage: &Stage, operators: &[Operator], seed: u64) {
    let workers = operators.iter().enumerate().map(|(number, &operator)| {
        let stage = stage.clone();
        let random = Random::seeded(seed * 1_000 + number as u64);
        async move {
            for _ in 0..4 {
                for held in stage.lease(operator, 3).await.held {
                    let label = if random.unit() < 0.7 { "cat" } else { "dog" };
                    if random.unit() < 0.8 {
                        stage.vote(operator, held.subtask_id, label).await.expect("a live lease");
                    }
                }
            }
        }
    });
    join_all(workers).await;
}

/// Lets them work until nothing is open; time passes in between, so that abandoned leases run out.
async fn until_all_is_decided(stage: &Stage, operators: &[Operator], images: usize) {
    for round in 0..200 {
        work_at_once(stage, operators, round).await;
        stage.check().await;
        if stage.open_images().await == 0 {
            let events = stage.events::<SubtaskDecided>().await;
            assert_eq!(events.len(), images, "every image is decided once");
            return;
        }
        stage.pass(if round % 3 == 2 { LEASE } else { REST });
    }
    panic!("{} images are still open", stage.open_images().await);
}

#[tokio::test]
async fn three_operators_decide_everything_at_redundancy_three() {
    let stage = Stage::new().await;
    let images = stage.task(100, 3, 3).await.images.len();
    let operators: Vec<_> = (0..3).map(|_| stage.operator()).collect();
    until_all_is_decided(&stage, &operators, images).await;
}

#[tokio::test]
async fn five_operators_settle_every_tie_of_up_to_five_votes() {
    let stage = Stage::new().await;
    let images = stage.task(80, 2, 5).await.images.len();
    let operators: Vec<_> = (0..5).map(|_| stage.operator()).collect();
    until_all_is_decided(&stage, &operators, images).await;
}

#[tokio::test]
async fn twelve_operators_decide_everything_until_sure_in_whichever_lane_it_waits() {
    let stage = Stage::new().await;
    let images = stage.confident_task(80, 0.97, 2, 9).await.images.len();
    let operators: Vec<_> = (0..12).map(|_| stage.operator()).collect();
    until_all_is_decided(&stage, &operators, images).await;
}

#[tokio::test]
async fn twenty_operators_in_two_tasks_never_stand_in_each_others_way() {
    let stage = Stage::new().await;
    let images = stage.task(60, 3, 7).await.images.len() + stage.task(60, 5, 6).await.images.len();
    let operators: Vec<_> = (0..20).map(|_| stage.operator()).collect();
    until_all_is_decided(&stage, &operators, images).await;
}

#[tokio::test]
async fn finishing_while_everybody_votes_closes_every_image_once() {
    let stage = Stage::new().await;
    let task = stage.task(120, 3, 5).await;
    let operators: Vec<_> = (0..8).map(|_| stage.operator()).collect();
    let finish = async {
        finish_early(&stage.app, task.id, 3, &task.spec).await.expect("finishes");
        // What a vote has locked is left to the next round, as in the service.
        while stage.open_images().await > 0 {
            close_ended(&stage.app).await.expect("closes");
        }
    };
    tokio::join!(work_at_once(&stage, &operators, 1), finish);
    stage.check().await;
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), 120);
    assert!(close_ended(&stage.app).await.expect("nothing is left") == 0);
}

#[tokio::test]
async fn lapses_in_two_replicas_take_back_every_lease_once() {
    let stage = Stage::new().await;
    stage.task(100, 3, 3).await;
    for _ in 0..6 {
        stage.lease(stage.operator(), 20).await;
    }
    stage.pass(LEASE);
    let (one, other) = tokio::join!(lapse_due(&stage.app), lapse_due(&stage.app));
    let lapsed = one.expect("lapses") + other.expect("lapses") + lapse_due(&stage.app).await.expect("lapses");
    assert_eq!(lapsed, 120);
    stage.check().await;
}
