//! Operators and clients take away what is stored about them, and learn nothing of gold by it.

use chrono::TimeDelta;
use futures::TryStreamExt as _;
use labelmesh_identity::{Reach, Role};
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use labelmesh_proto::subtasks::v1::{
    AssignmentState, ExportMyVotesRequest, LeaseSubtasksRequest, SkipReason, SkipSubtaskRequest, VoteRequest,
};
use subtasks::app::closing::adjudicate::adjudicate;
use subtasks::app::handing_out::{lapse::lapse_due, release::release, skip::skip};
use subtasks::app::reading::export_votes::{Datum, export_votes};
use subtasks::app::tasks::end_task::end_task;
use subtasks::domain::{Ruling, TaskState};
use tonic::Code;

use crate::stage::{LEASE, Stage};
use crate::world::World;

async fn export(stage: &Stage, user: UserId) -> Vec<Datum> {
    export_votes(&stage.app, user).try_collect().await.expect("to its end")
}

/// What became of images, by those in whose hands they were.
fn assignments(data: &[Datum]) -> Vec<(SubtaskId, &str, Option<&str>)> {
    let rows = data.iter().filter_map(|one| if let Datum::Assignment(_, row) = one { Some(row) } else { None });
    rows.map(|row| (row.subtask_id, row.state.as_str(), row.label.as_deref())).collect()
}

#[tokio::test]
async fn an_export_has_what_was_held_skipped_and_voted_and_what_ran_out() {
    let stage = Stage::new().await;
    let task = stage.task(6, 2, 2).await;
    let (operator, other) = (stage.operator(), stage.operator());
    let held: Vec<_> = stage.lease(operator, 6).await.held.into_iter().map(|held| held.subtask_id).collect();
    stage.vote(operator, held[0], "cat").await.expect("votes");
    stage.pass(TimeDelta::seconds(1));
    stage.vote(operator, held[1], "dog").await.expect("votes");
    skip(&stage.app, operator, held[2], None).await.expect("skips");
    release(&stage.app, operator, &[held[3]]).await.expect("gives back");
    stage.pass(LEASE);
    lapse_due(&stage.app).await.expect("lapses");
    let theirs = stage.lease_one(other).await;
    stage.vote(other, theirs, "owl").await.expect("votes");

    let data = export(&stage, operator.user_id()).await;
    let mut expected = vec![(held[3], "lapsed", None), (held[4], "lapsed", None), (held[5], "lapsed", None)];
    expected.sort_unstable();
    expected.extend([(held[2], "skipped", None), (held[0], "voted", Some("cat")), (held[1], "voted", Some("dog"))]);
    assert_eq!(assignments(&data), expected);
    let lapsed = data.iter().filter(|datum| matches!(datum, Datum::Lapse(..))).count();
    assert_eq!(lapsed, 2, "those that ran out, not the one that was given back");
    let standings: Vec<_> =
        data.iter().filter_map(|one| if let Datum::Standing(row) = one { Some(row) } else { None }).collect();
    assert_eq!((standings.len(), standings[0].task_id, standings[0].seen), (1, task.id, 6));
    assert_eq!(assignments(&export(&stage, other.user_id()).await).len(), 1);
    assert_eq!(export(&stage, task.spec.owner_id).await, []);
}

#[tokio::test]
async fn neither_gold_nor_what_counts_is_told_and_answers_on_gold_after_the_end() {
    let stage = Stage::new().await;
    let task = stage.task_with_gold(6, 3, 1, 1).await;
    let operator = stage.operator();
    for held in stage.lease(operator, 6).await.held {
        stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
    }
    let standing = |data: &[Datum]| {
        let standing =
            data.iter().find_map(|one| if let Datum::Standing(row) = one { Some(row.clone()) } else { None });
        standing.expect("a standing")
    };
    let data = export(&stage, operator.user_id()).await;
    let states: Vec<_> = assignments(&data).into_iter().map(|(_, state, label)| (state, label)).collect();
    assert!(states.len() > 3 && states.iter().all(|state| *state == ("voted", Some("cat"))), "{states:?}");
    assert_eq!((standing(&data).gold_right, standing(&data).gold_wrong), (None, None));
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Completed).await.expect("ends");
    let after = standing(&export(&stage, operator.user_id()).await);
    assert!(after.gold_right.is_some_and(|right| right > 0) && after.gold_wrong == Some(0), "{after:?}");
}

#[tokio::test]
async fn labels_that_a_person_has_set_are_theirs_also_those_that_were_replaced() {
    let stage = Stage::new().await;
    let task = stage.task(2, 1, 1).await;
    let owner = task.spec.owner_id;
    for (image, label) in [(0, "cat"), (0, "dog"), (1, "owl")] {
        let ruling = Ruling { by: owner, comment: format!("it is a {label}") };
        let image = task.images[image];
        adjudicate(&stage.app, Reach::Own(owner), task.id, image, label, &ruling).await.expect("set");
    }
    let data = export(&stage, owner).await;
    let mut rulings: Vec<_> = data
        .iter()
        .filter_map(|one| if let Datum::Ruling(row) = one { Some(row) } else { None })
        .map(|row| (row.subtask_id, row.label.as_deref(), row.comment.as_str(), row.replaced))
        .collect();
    assert!(rulings.is_sorted_by_key(|row| row.0), "{rulings:?}");
    rulings.sort_unstable_by_key(|row| (task.images[0] != row.0, !row.3));
    let expected = [
        (task.images[0], Some("cat"), "it is a cat", true),
        (task.images[0], Some("dog"), "it is a dog", false),
        (task.images[1], Some("owl"), "it is a owl", false),
    ];
    assert_eq!(rulings, expected);
}

#[tokio::test]
async fn many_votes_come_whole_and_in_the_order_in_which_they_were_given() {
    let stage = Stage::new().await;
    let tasks = [stage.task(1, 1, 1).await, stage.task(1, 1, 1).await];
    let operator = stage.operator();
    // Pages end within a task and at its end; votes are given at the same time by twos.
    for (task, votes) in tasks.iter().zip([1_000, 301]) {
        let add = format!(
            "WITH more AS (INSERT INTO subtask (subtask_id, task_id, wanted, votes, closed, blob_key, media_type)
                           SELECT gen_random_uuid(), '{0}', 1, 1, true, n::text, 'image/png'
                           FROM generate_series(1, {votes}) n RETURNING subtask_id, blob_key)
             INSERT INTO assignment (subtask_id, operator_id, task_id, state, expires_at, label, ordinal, given_at, voted_at)
             SELECT subtask_id, '{1}', '{0}', 'voted', 'epoch', 'cat', 0, at, at
             FROM more, LATERAL (SELECT timestamptz '2026-01-01' + blob_key::integer / 2 * interval '1 second' AS at) a",
            task.id,
            operator.user_id()
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(add)).execute(&stage.app.pool).await.expect("added");
    }
    let data = export(&stage, operator.user_id()).await;
    let votes: Vec<_> = data
        .iter()
        .filter_map(|one| {
            if let Datum::Assignment(_, row) = one { Some((row.task_id, row.given_at, row.subtask_id)) } else { None }
        })
        .collect();
    assert_eq!((votes.len(), votes.is_sorted_by(|one, next| one < next)), (1_301, true));
}

#[tokio::test]
async fn images_are_told_by_the_names_that_their_operator_has_for_them() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(3).await;
    world.submit(task, &world.spec(owner, 3, 1), &images).await;
    let (operator, mut client) = (world.operator(), world.clients[0].clone());
    let lease = operator.asks(LeaseSubtasksRequest { count: 3, ..Default::default() });
    let leases = client.lease_subtasks(lease).await.expect("leases").into_inner().leases;
    let (voted, skipped, held) = (&leases[0].subtask_id, &leases[1].subtask_id, &leases[2].subtask_id);
    let vote = VoteRequest { subtask_id: voted.clone(), label: "cat".to_owned() };
    client.vote(operator.asks(vote)).await.expect("votes");
    let skip = SkipSubtaskRequest { subtask_id: skipped.clone(), reason: SkipReason::Unclear.into() };
    client.skip_subtask(operator.asks(skip)).await.expect("skips");

    let answers = world.clients[1].clone().export_my_votes(operator.asks(ExportMyVotesRequest {})).await;
    let records: Vec<_> = answers.expect("a stream").into_inner().try_collect().await.expect("to its end");
    let assignments: Vec<_> = records
        .iter()
        .filter_map(|record| record.assignment.as_ref())
        .map(|one| (&one.subtask_id, one.state(), one.skip_reason(), one.label.as_str()))
        .collect();
    let expected = [
        (held, AssignmentState::Leased, SkipReason::Unspecified, ""),
        (skipped, AssignmentState::Skipped, SkipReason::Unclear, ""),
        (voted, AssignmentState::Voted, SkipReason::Unspecified, "cat"),
    ];
    assert_eq!(assignments, expected);
    let said = format!("{records:?}");
    assert!(images.iter().all(|image| !said.contains(&image.image_id)), "{said}");

    // Whoever is no operator may ask, too, and has nothing; nobody may not.
    let client_alone = world.caller(owner, Role::Client);
    let answers = client.export_my_votes(client_alone.asks(ExportMyVotesRequest {})).await.expect("a stream");
    assert_eq!(answers.into_inner().message().await.expect("an end"), None);
    let refused = client.export_my_votes(ExportMyVotesRequest {}).await.expect_err("nobody's");
    assert_eq!(refused.code(), Code::Unauthenticated);
}
