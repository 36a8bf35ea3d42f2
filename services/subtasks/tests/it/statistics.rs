//! What operators see of their own work, and what they do not learn from it.

use chrono::TimeDelta;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::TaskId;
use labelmesh_proto::subtasks::v1::{GetMyStatisticsRequest, LeaseSubtasksRequest, VoteRequest};
use labelmesh_seal::PageRequest;
use subtasks::app::Operator;
use subtasks::app::handing_out::skip::skip;
use subtasks::app::reading::statistics::{Statistics, statistics};
use subtasks::app::tasks::end_task::end_task;
use subtasks::domain::{GoldRules, Outcome, TaskState};
use subtasks::store::statistics::Done;
use tonic::{Code, Response};
use tonic_types::StatusExt as _;

use crate::stage::{Stage, principal, reason};
use crate::world::World;

const DAY: TimeDelta = TimeDelta::days(1);

async fn page(stage: &Stage, operator: Operator, size: i32, token: &str) -> Statistics {
    let request = PageRequest { principal: &principal(operator), size, token };
    statistics(&stage.app, operator, &request).await.expect("counts")
}

/// What the operator has done in their only task.
async fn done(stage: &Stage, operator: Operator) -> Done {
    page(stage, operator, 0, "").await.tasks.remove(0)
}

#[tokio::test]
async fn votes_are_compared_by_twenty_with_what_was_decided_before_the_last_midnight() {
    let stage = Stage::new().await;
    let task = stage.task(30, 2, 2).await;
    let (operator, other) = (stage.operator(), stage.operator());
    let mut labeled = Vec::new();
    let skipped = stage.lease_one(operator).await;
    skip(&stage.app, operator, skipped, None).await.expect("skips");
    for voted in 0..22 {
        let image = stage.lease_one(operator).await;
        stage.pass(TimeDelta::seconds(1));
        stage.vote(operator, image, if voted % 2 == 0 { "cat" } else { "dog" }).await.expect("votes");
        labeled.push(image);
    }
    // The other one says cat each time; the third vote's image, the twentieth's and what was skipped stay open.
    loop {
        let held = stage.lease(other, 20).await.held;
        let mut votes =
            held.iter().filter(|held| ![skipped, labeled[2], labeled[19]].contains(&held.subtask_id)).peekable();
        if votes.peek().is_none() {
            break;
        }
        for held in votes {
            stage.vote(other, held.subtask_id, "cat").await.expect("votes");
        }
    }
    let today = done(&stage, operator).await;
    assert_eq!((today.task_id, today.title.as_str(), today.ended), (task.id, "Animals", false));
    assert_eq!((today.votes, today.skips, today.decided, today.agreed), (22, 1, 0, 0), "nothing is compared yet");
    stage.pass(DAY);
    let tomorrow = done(&stage, operator).await;
    // Of twenty two are open; a tie stands for the label that came first, which is the operator's own.
    assert_eq!((tomorrow.votes, tomorrow.skips, tomorrow.decided, tomorrow.agreed), (22, 1, 18, 18));
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Completed).await.expect("completes");
    assert_eq!(done(&stage, operator).await.decided, 20, "the last two as well");
    assert!(page(&stage, stage.operator(), 0, "").await.tasks.is_empty());
}

#[tokio::test]
async fn looking_before_and_after_each_vote_tells_no_gold_image_from_another() {
    let stage = Stage::new().await;
    // One vote decides: nothing would tell gold apart sooner than that.
    let mut task = stage.unannounced(40, 1, 1);
    task.gold = task.images[..20].iter().map(|&image| (image, "cat")).collect();
    task.spec.gold = GoldRules { share: 0.5, ..GoldRules::default() };
    stage.announce(&task).await;
    let operator = stage.operator();
    let (mut gold, mut others) = (0, 0);
    while gold < 3 || others < 3 {
        let image = stage.lease_one(operator).await;
        let label = if gold == 0 { "dog" } else { "cat" };
        assert_eq!(stage.vote(operator, image, label).await.expect("votes"), Outcome::Counted);
        assert_eq!(reason(stage.vote(operator, image, "owl").await), Reason::ImageDecided, "it tells nothing either");
        if task.gold.iter().any(|(known, _)| *known == image) {
            gold += 1
        } else {
            others += 1
        }
        let seen = done(&stage, operator).await;
        assert_eq!((seen.votes, seen.decided, seen.agreed, seen.ended), (gold + others, 0, 0, false));
    }
    stage.pass(DAY);
    assert_eq!(done(&stage, operator).await.decided, 0, "there are less than twenty");
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Completed).await.expect("completes");
    let seen = done(&stage, operator).await;
    assert!(seen.ended, "only now the answer has numbers for gold");
    assert_eq!((seen.gold_right, seen.gold_wrong), (i32::try_from(gold - 1).expect("few"), 1));
}

#[tokio::test]
async fn tasks_come_page_by_page_the_newest_first() {
    let stage = Stage::new().await;
    let mut tasks = Vec::new();
    for _ in 0..3 {
        stage.pass(TimeDelta::seconds(1));
        tasks.push(stage.task(1, 1, 1).await);
    }
    let operator = stage.operator();
    for held in stage.lease(operator, 20).await.held {
        stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
    }
    while stage.open_images().await > 0 {
        let image = stage.lease_one(operator).await;
        stage.vote(operator, image, "cat").await.expect("votes");
    }
    let first = page(&stage, operator, 2, "").await;
    let second = page(&stage, operator, 2, &first.next_page_token).await;
    let listed: Vec<_> = first.tasks.iter().chain(&second.tasks).map(|done| done.task_id).collect();
    assert_eq!(listed, [tasks[2].id, tasks[1].id, tasks[0].id]);
    assert_eq!((first.tasks.len(), second.next_page_token.as_str()), (2, ""));
    let other = stage.operator();
    let stolen = PageRequest { principal: &principal(other), size: 2, token: &first.next_page_token };
    let stolen = statistics(&stage.app, other, &stolen).await;
    assert_eq!(reason(stolen), Reason::PageTokenInvalid);
}

#[tokio::test]
async fn an_operator_gets_their_own_statistics_over_grpc_and_nobody_else_gets_any() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    world.submit(task, &world.spec(owner, 1, 1), &world.images(1).await).await;
    let (operator, mut client) = (world.operator(), world.clients[0].clone());
    let lease = client
        .lease_subtasks(operator.asks(LeaseSubtasksRequest { count: 1, ..Default::default() }))
        .await
        .expect("leases");
    let vote = VoteRequest { subtask_id: lease.into_inner().leases.remove(0).subtask_id, label: "cat".to_owned() };
    client.vote(operator.asks(vote)).await.expect("votes");

    let ask = GetMyStatisticsRequest::default;
    let seen = client.get_my_statistics(operator.asks(ask())).await.map(Response::into_inner).expect("counts");
    let [of_task] = &seen.tasks[..] else { panic!("one task: {seen:?}") };
    assert_eq!((of_task.task_id.as_str(), of_task.votes, of_task.paused), (task.to_string().as_str(), 1, false));
    assert_eq!((of_task.gold_answers, of_task.gold_right), (None, None), "the task has not ended");
    let midnight = seen.compared_until.expect("a time");
    assert_eq!((midnight.seconds % 86_400, midnight.nanos), (0, 0));

    let refused = client.get_my_statistics(world.caller(owner, Role::Client).asks(ask())).await.expect_err("a client");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::PermissionDenied, Some(Reason::NotAllowed)));
    let nobody = client.get_my_statistics(ask()).await.expect_err("nobody");
    assert_eq!(nobody.code(), Code::Unauthenticated);
    let bad = GetMyStatisticsRequest { page_size: -1, ..ask() };
    let refused = client.get_my_statistics(operator.asks(bad)).await.expect_err("a negative size");
    let violations = refused.get_details_bad_request().expect("violations").field_violations;
    assert_eq!(violations[0].field, "page_size");
}
