//! Votes that count are independent, as far as that can be told: nobody labels their own task, and where a task asks
//! for it, one source network has one vote for an image.

use std::net::IpAddr;

use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_ids::SubtaskId;
use subtasks::app::Operator;
use subtasks::domain::{GoldRules, Outcome, ShortageCause};

use crate::stage::{REST, Stage, Task, reason};

/// A new operator who calls from an address.
fn from(stage: &Stage, address: &str) -> Operator {
    stage.operator().at(Some(address.parse::<IpAddr>().expect("an address")))
}

/// A task, an image of which takes one vote alone from a source network.
async fn task(stage: &Stage, images: usize, redundancy: u16) -> Task {
    let mut task = stage.unannounced(images, redundancy, redundancy + 2);
    task.spec.one_vote_per_network = true;
    stage.announce(&task).await;
    task
}

async fn held(stage: &Stage, operator: Operator) -> Vec<SubtaskId> {
    stage.lease(operator, 5).await.held.iter().map(|held| held.subtask_id).collect()
}

/// How many votes for an image count.
async fn counted(stage: &Stage, image: SubtaskId) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM assignment WHERE subtask_id = $1 AND state = 'voted'")
        .bind(image.uuid())
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads")
}

#[tokio::test]
async fn who_owns_a_task_does_not_label_it() {
    let stage = Stage::new().await;
    let task = stage.task(3, 1, 1).await;
    let owner = Operator::of(Reach::Own(task.spec.owner_id)).expect("an operator too");
    for _ in 0..2 {
        let leased = stage.lease(owner, 3).await;
        assert!(leased.held.is_empty());
        assert_eq!(leased.shortage.expect("nothing").cause, ShortageCause::OwnTasks);
        stage.pass(REST);
    }
    // One that was handed out by the release before.
    sqlx::query(
        "INSERT INTO assignment (subtask_id, operator_id, task_id, state, expires_at) VALUES ($1, $2, $3, 'leased', $4)",
    )
    .bind(task.images[0].uuid())
    .bind(owner.user_id().uuid())
    .bind(task.id.uuid())
    .bind(stage.app.clock.now() + REST)
    .execute(&stage.app.pool)
    .await
    .expect("writes");
    sqlx::query("UPDATE subtask SET leases = 1 WHERE subtask_id = $1")
        .bind(task.images[0].uuid())
        .execute(&stage.app.pool)
        .await
        .expect("writes");
    assert_eq!(reason(stage.vote(owner, task.images[0], "cat").await), Reason::OwnTask);
    // Others' tasks are the owner's to label.
    let other = stage.task(1, 1, 1).await;
    assert_eq!(held(&stage, owner).await, [task.images[0], other.images[0]]);
    assert_eq!(stage.vote(owner, other.images[0], "cat").await.expect("votes"), Outcome::Counted);
    stage.check().await;
}

#[tokio::test]
async fn an_image_is_handed_to_one_operator_of_a_network() {
    let stage = Stage::new().await;
    let task = task(&stage, 1, 3).await;
    for (first, second, elsewhere) in
        [("192.0.2.1", "192.0.2.254", "192.0.3.1"), ("2001:db8::1", "2001:db8::2:3:4:5", "2001:db8:0:1::1")]
    {
        let [one, neighbour, stranger] = [first, second, elsewhere].map(|address| from(&stage, address));
        assert_eq!(held(&stage, one).await, task.images);
        assert_eq!(held(&stage, neighbour).await, [], "a network of {first}");
        stage.vote(one, task.images[0], "cat").await.expect("votes");
        stage.pass(REST);
        assert_eq!(held(&stage, neighbour).await, [], "nor after the vote");
        if counted(&stage, task.images[0]).await < 2 {
            assert_eq!(held(&stage, stranger).await, task.images);
            subtasks::app::handing_out::release::release(&stage.app, stranger, &task.images).await.expect("releases");
        }
    }
    stage.check().await;
}

#[tokio::test]
async fn who_votes_from_another_network_than_they_leased_from_gains_nothing_and_learns_nothing() {
    let stage = Stage::new().await;
    let task = task(&stage, 1, 3).await;
    let image = task.images[0];
    let (one, hopper) = (from(&stage, "192.0.2.1"), from(&stage, "198.51.100.1"));
    assert_eq!((held(&stage, one).await, held(&stage, hopper).await), (vec![image], vec![image]));
    stage.vote(one, image, "cat").await.expect("votes");
    let hopper = hopper.at(Some("192.0.2.77".parse().expect("an address")));
    assert_eq!(stage.vote(hopper, image, "dog").await.expect("votes"), Outcome::Counted, "as on gold");
    assert_eq!(counted(&stage, image).await, 1);
    stage.check().await;
    for address in ["203.0.113.1", "203.0.114.1"] {
        let operator = from(&stage, address);
        assert_eq!(held(&stage, operator).await, [image], "the place is free again");
        stage.vote(operator, image, "cat").await.expect("votes");
    }
    assert_eq!((counted(&stage, image).await, stage.open_images().await), (3, 0));
    stage.check().await;
}

#[tokio::test]
async fn a_team_in_one_office_labels_where_the_task_does_not_ask() {
    let stage = Stage::new().await;
    let task = stage.task(4, 3, 3).await;
    for _ in 0..3 {
        let operator = from(&stage, "127.0.0.1");
        for image in held(&stage, operator).await {
            stage.vote(operator, image, "cat").await.expect("votes");
        }
    }
    assert_eq!(stage.open_images().await, 0);
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM assignment WHERE network IS NOT NULL AND task_id = $1")
        .bind(task.id.uuid())
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(kept, 0, "of a network nothing is kept where nobody asks");
}

#[tokio::test]
async fn gold_comes_to_everybody_of_a_network() {
    let stage = Stage::new().await;
    let mut task = stage.unannounced(12, 1, 1);
    task.gold = task.images[..4].iter().map(|&image| (image, "cat")).collect();
    task.spec.gold = GoldRules { share: 0.5, ..GoldRules::default() };
    task.spec.one_vote_per_network = true;
    stage.announce(&task).await;
    let mut gold = [0; 2];
    for gold in &mut gold {
        let operator = from(&stage, "192.0.2.1");
        for _ in 0..6 {
            let Some(held) = stage.lease(operator, 1).await.held.first().cloned() else { break };
            *gold += u32::from(task.gold.iter().any(|(image, _)| *image == held.subtask_id));
            stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
        }
    }
    assert!(gold.iter().all(|&gold| gold > 0), "{gold:?}");
    stage.check().await;
}
