//! How long an image stays in one pair of hands, what it costs to let leases run out, and what the owner sees of it.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_ids::SubtaskId;
use subtasks::app::handing_out::{
    extend::extend,
    lapse::{forget_lapses, lapse_due},
    release::release,
};
use subtasks::app::{Operator, reading::holds::holds};
use subtasks::domain::{GoldRules, ShortageCause};

use crate::stage::{LEASE, REST, Stage, reason};

const HOUR: TimeDelta = TimeDelta::hours(1);

/// Prolongs what an operator holds in steps of half a lease until nothing is left; how long that took.
async fn keep(stage: &Stage, operator: Operator, images: &[SubtaskId]) -> TimeDelta {
    let began = stage.app.clock.now();
    for _ in 0..40 {
        stage.pass(LEASE / 2);
        if extend(&stage.app, operator, images).await.expect("extends").is_empty() {
            break;
        }
    }
    stage.app.clock.now() - began
}

#[tokio::test]
async fn a_lease_ends_however_often_it_is_prolonged() {
    let stage = Stage::new().await;
    let task = stage.task(20, 1, 1).await;
    let (holder, other) = (stage.operator(), stage.operator());
    assert_eq!(stage.lease(holder, 20).await.held.len(), 20);
    assert_eq!(stage.lease(other, 20).await.shortage.expect("all held").cause, ShortageCause::AllLeased);
    assert_eq!(keep(&stage, holder, &task.images).await, LEASE * 3);
    stage.pass(REST);
    assert_eq!(stage.lease(other, 20).await.held.len(), 20, "all of it comes to the others");
    stage.check().await;
}

#[tokio::test]
async fn the_last_prolongation_is_as_long_as_what_is_left() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    let end = stage.app.clock.now() + LEASE * 3;
    stage.pass(LEASE - TimeDelta::seconds(1));
    extend(&stage.app, operator, &task.images).await.expect("extends");
    stage.pass(LEASE - TimeDelta::seconds(1));
    extend(&stage.app, operator, &task.images).await.expect("extends");
    stage.pass(LEASE - TimeDelta::seconds(1));
    assert_eq!(extend(&stage.app, operator, &task.images).await.expect("extends"), [(image, end)]);
    assert_eq!(extend(&stage.app, operator, &task.images).await.expect("again"), [(image, end)]);
}

#[tokio::test]
async fn giving_back_and_leasing_again_does_not_begin_anew() {
    for rules in [None, Some(GoldRules { share: 1.0, ..GoldRules::default() })] {
        let stage = Stage::new().await;
        let mut task = stage.unannounced(2, 1, 1);
        if let Some(rules) = rules {
            task.gold = vec![(task.images[0], "cat")];
            task.spec.gold = rules;
        }
        stage.announce(&task).await;
        let operator = stage.operator();
        stage.lease(operator, 2).await;
        let began = stage.app.clock.now();
        let (mut dry, mut came_back) = (None, false);
        for _ in 0..60 {
            stage.pass(LEASE / 3);
            release(&stage.app, operator, &task.images).await.expect("releases");
            let held = stage.lease(operator, 2).await.held;
            let beyond = held.iter().any(|held| held.expires_at > began + LEASE * 3);
            assert!(dry.is_some() || !beyond, "no lease goes beyond the end");
            if held.is_empty() {
                dry.get_or_insert(stage.app.clock.now() - began);
            } else if let Some(dry) = dry {
                let again = stage.app.clock.now() - began;
                assert!(dry > LEASE * 2 && again >= LEASE * 4, "gone after {dry}, back after {again}");
                came_back = true;
                break;
            }
        }
        assert!(came_back, "the images never went, or never came back: {dry:?}");
    }
}

#[tokio::test]
async fn each_lease_that_ran_out_costs_a_place_for_an_hour() {
    let stage = Stage::new().await;
    stage.task(200, 1, 1).await;
    let operator = stage.operator();
    assert_eq!(stage.lease(operator, 5).await.held.len(), 5);
    stage.pass(LEASE);
    let leased = stage.lease(operator, 20).await;
    assert_eq!((leased.held.len(), leased.shortage.expect("fewer").cause), (15, ShortageCause::Lapsed));
    assert_eq!(stage.lease(operator, 15).await.shortage, None, "what is asked for is there");
    stage.pass(LEASE);
    let leased = stage.lease(operator, 20).await;
    assert_eq!((leased.held.len(), leased.shortage.expect("fewer").cause), (1, ShortageCause::Lapsed));
    for held in leased.held {
        stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
    }
    assert_eq!(forget_lapses(&stage.app).await.expect("forgets"), 0);
    stage.pass(HOUR);
    assert_eq!(forget_lapses(&stage.app).await.expect("forgets"), 20);
    assert_eq!(stage.lease(operator, 20).await.held.len(), 20);
    stage.check().await;
}

#[tokio::test]
async fn what_was_given_back_or_ended_with_its_task_costs_nothing() {
    let stage = Stage::new().await;
    let task = stage.task(3, 1, 1).await;
    let operator = stage.operator();
    stage.lease(operator, 3).await;
    release(&stage.app, operator, &task.images[..1]).await.expect("releases");
    let ended = subtasks::domain::TaskState::Cancelled;
    subtasks::app::tasks::end_task::end_task(&stage.app, task.id, 4, task.spec.owner_id, ended).await.expect("cancels");
    stage.pass(LEASE);
    lapse_due(&stage.app).await.expect("lapses");
    stage.task(30, 1, 1).await;
    assert_eq!(stage.lease(operator, 20).await.held.len(), 20);
}

#[tokio::test]
async fn the_owner_sees_what_is_held_and_since_when() {
    let stage = Stage::new().await;
    let task = stage.task(3, 2, 2).await;
    let owner = Reach::Own(task.spec.owner_id);
    let seen = async || holds(&stage.app, owner, task.id).await.expect("tells").holds;
    assert_eq!((seen().await.images, seen().await.oldest), (0, None));
    let began = stage.app.clock.now();
    let (first, second) = (stage.operator(), stage.operator());
    stage.lease(first, 2).await;
    stage.pass(LEASE / 2);
    extend(&stage.app, first, &task.images).await.expect("extends");
    stage.lease(second, 1).await;
    let now = seen().await;
    assert!(now.images >= 2 && now.operators == 2, "{now:?}");
    assert_eq!(now.oldest, Some(began), "prolonging hides nothing");
    stage.pass(LEASE);
    assert_eq!(seen().await.images, 0, "what has run out is not held");
    let stranger = Reach::Own(first.user_id());
    assert_eq!(reason(holds(&stage.app, stranger, task.id).await), Reason::NotFound);
}
