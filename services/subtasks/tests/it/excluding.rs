//! Operators whom a task's owner pauses or excludes.

use futures::future::join_all;
use labelmesh_consensus::Method;
use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, UserId};
use labelmesh_proto::subtasks::v1::SubtaskDecided;
use labelmesh_testkit::until;
use sqlx::Connection as _;
use subtasks::app::Operator;
use subtasks::app::closing::redecide::{progress, redecide, redecide_next};
use subtasks::app::closing::set_aside::set_aside_due;
use subtasks::app::handing_out::{exclude::exclude_operator, pause::pause_operator, release, resume::resume_operator};
use subtasks::app::reading::operators::{TaskOperator, list_operators};
use subtasks::app::tasks::end_task::end_task;
use subtasks::domain::{Outcome, ShortageCause, TaskState};

use crate::stage::{Stage, Task, asked, reason};

fn name(stage: &Stage, task: &Task, operator: Operator) -> String {
    stage.pseudonym(task.id, operator.user_id())
}

fn owner(task: &Task) -> Reach {
    Reach::Own(task.spec.owner_id)
}

async fn pause(stage: &Stage, task: &Task, operator: Operator) -> TaskOperator {
    pause_operator(&stage.app, owner(task), task.id, &name(stage, task, operator)).await.expect("pauses")
}

/// Excludes an operator, and lets the worker do its part.
async fn exclude(stage: &Stage, task: &Task, operator: Operator) -> usize {
    let excluded = exclude_operator(&stage.app, owner(task), task.id, &name(stage, task, operator)).await;
    let record = excluded.expect("excludes").record;
    assert!(record.setting_aside && record.paused_at.is_some() && record.excluded_at.is_some(), "{record:?}");
    let votes = set_aside_due(&stage.app).await.expect("sets aside");
    let (listed, _) = list_operators(&stage.app, owner(task), task.id, &asked(0, "")).await.expect("lists");
    let seen = listed.iter().find(|seen| seen.operator == name(stage, task, operator)).expect("listed");
    assert!(seen.record.excluded_at.is_some() && !seen.record.setting_aside, "{seen:?}");
    stage.check().await;
    votes
}

/// An operator's votes that count, and those that don't.
async fn votes_of(stage: &Stage, operator: UserId) -> (i64, i64) {
    sqlx::query_as(
        "SELECT count(*) FILTER (WHERE state = 'voted'), count(*) FILTER (WHERE state = 'surplus')
         FROM assignment WHERE operator_id = $1",
    )
    .bind(operator.uuid())
    .fetch_one(&stage.app.pool)
    .await
    .expect("reads")
}

async fn labels(stage: &Stage) -> Vec<String> {
    stage.events::<SubtaskDecided>().await.into_iter().map(|event| event.label).collect()
}

#[tokio::test]
async fn who_is_paused_holds_nothing_and_is_handed_nothing_until_they_are_resumed() {
    let stage = Stage::new().await;
    let task = stage.task(4, 2, 2).await;
    let [ada, eve] = [stage.operator(), stage.operator()];
    let voted = stage.lease_one(ada).await;
    stage.vote(ada, voted, "cat").await.expect("votes");
    let held: Vec<_> = stage.lease(ada, 2).await.held.iter().map(|held| held.subtask_id).collect();
    let first = pause(&stage, &task, ada).await;
    stage.check().await;
    assert!(first.record.paused_at.is_some() && first.record.excluded_at.is_none());
    assert_eq!(pause(&stage, &task, ada).await, first, "a repeat changes nothing");
    assert_eq!(votes_of(&stage, ada.user_id()).await, (1, 0), "what was voted counts");

    let leased = stage.lease(ada, 4).await;
    assert!(leased.held.is_empty(), "{leased:?}");
    assert_eq!(leased.shortage.expect("nothing").cause, ShortageCause::Paused);
    assert_eq!(reason(stage.vote(ada, held[0], "cat").await), Reason::LeaseExpired);
    let others: Vec<_> = stage.lease(eve, 4).await.held.iter().map(|held| held.subtask_id).collect();
    assert!(held.iter().all(|image| others.contains(image)), "others get what was held");

    resume_operator(&stage.app, owner(&task), task.id, &name(&stage, &task, ada)).await.expect("resumes");
    assert_eq!(stage.lease(ada, 3).await.held.len(), 3);
    stage.check().await;
}

#[tokio::test]
async fn what_is_foreign_or_unknown_is_not_found() {
    let stage = Stage::new().await;
    let task = stage.task(2, 1, 1).await;
    let ada = stage.operator();
    stage.lease_one(ada).await;
    let name = &name(&stage, &task, ada);
    let stranger = Reach::Own(UserId::new(stage.app.clock.now(), [9; 10]));
    for (reach, name) in [(stranger, name.as_str()), (owner(&task), "36351b86540a07b6ae6f")] {
        assert_eq!(reason(pause_operator(&stage.app, reach, task.id, name).await), Reason::NotFound);
        assert_eq!(reason(exclude_operator(&stage.app, reach, task.id, name).await), Reason::NotFound);
        assert_eq!(reason(resume_operator(&stage.app, reach, task.id, name).await), Reason::NotFound);
    }
    assert_eq!(stage.lease(ada, 1).await.held.len(), 1, "nothing has changed");
    pause_operator(&stage.app, Reach::All, task.id, name).await.expect("an administrator may");
}

#[tokio::test]
async fn open_images_ask_others_in_place_of_who_is_excluded() {
    let stage = Stage::new().await;
    let task = stage.task(3, 2, 2).await;
    let [eve, ada, bob] = [stage.operator(), stage.operator(), stage.operator()];
    for held in stage.lease(eve, 3).await.held {
        stage.vote(eve, held.subtask_id, "dog").await.expect("votes");
    }
    assert_eq!(exclude(&stage, &task, eve).await, 3);
    assert_eq!(votes_of(&stage, eve.user_id()).await, (0, 3));
    assert_eq!(stage.lease(eve, 3).await.shortage.expect("nothing").cause, ShortageCause::Paused);
    for operator in [ada, bob] {
        for held in stage.lease(operator, 3).await.held {
            stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
        }
    }
    assert_eq!(labels(&stage).await, ["cat"; 3]);
    stage.check().await;
    // Once more, and whatever would bring them back.
    exclude_operator(&stage.app, owner(&task), task.id, &name(&stage, &task, eve)).await.expect("is excluded");
    assert_eq!(set_aside_due(&stage.app).await.expect("nothing to do"), 0);
    let resumed = resume_operator(&stage.app, owner(&task), task.id, &name(&stage, &task, eve)).await;
    assert_eq!(reason(resumed), Reason::OperatorExcluded);
    assert!(pause(&stage, &task, eve).await.record.excluded_at.is_some());
}

#[tokio::test]
async fn an_image_asks_for_no_more_than_it_would_have_without_the_vote() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 4).await;
    let image = task.images[0];
    stage.somebody_votes(image, "cat").await;
    let eve = stage.somebody_votes(image, "dog").await;
    // It was a tie, for which a third vote was wanted; now there is one vote of two.
    exclude(&stage, &task, eve).await;
    stage.somebody_votes(image, "cat").await;
    assert_eq!(labels(&stage).await, ["cat"]);
    stage.check().await;
}

#[tokio::test]
async fn an_image_is_decided_where_the_votes_that_are_left_suffice() {
    let stage = Stage::new().await;
    let task = stage.task(1, 4, 6).await;
    let mut voters = Vec::new();
    for label in ["cat", "cat", "dog", "dog", "owl"] {
        voters.push(stage.somebody_votes(task.images[0], label).await);
    }
    assert_eq!(stage.open_images().await, 1, "a tie");
    exclude(&stage, &task, voters[3]).await;
    assert_eq!(labels(&stage).await, ["cat"]);
}

#[tokio::test]
async fn what_is_decided_stays_until_it_is_decided_again_without_the_votes() {
    let stage = Stage::new().await;
    let task = stage.task(4, 3, 3).await;
    let operators = [stage.operator(), stage.operator(), stage.operator()];
    for (operator, label) in operators.iter().zip(["dog", "dog", "cat"]) {
        for held in stage.lease(*operator, 4).await.held {
            stage.vote(*operator, held.subtask_id, label).await.expect("votes");
        }
    }
    assert_eq!(labels(&stage).await, ["dog"; 4]);
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Completed).await.expect("completes");
    let again = async || {
        redecide(&stage.app, owner(&task), task.id, Method::Plurality).await.expect("asked");
        while redecide_next(&stage.app).await.expect("works") {}
        progress(&stage.app, Reach::All, task.id).await.expect("found").changed
    };
    assert_eq!(again().await, 0);
    exclude(&stage, &task, operators[0]).await;
    exclude(&stage, &task, operators[1]).await;
    assert_eq!(labels(&stage).await.iter().filter(|label| *label == "cat").count(), 0, "nothing by itself");
    // By the same method as before, which is worth something now.
    assert_eq!(again().await, 4);
    stage.check().await;
}

#[tokio::test]
async fn a_vote_that_knows_nothing_of_the_exclusion_is_waited_for() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 2).await;
    let (eve, image) = (stage.operator(), task.images[0]);
    assert_eq!(stage.lease_one(eve).await, image);
    // What was given back can be voted for late. Such a vote has its image's lock and has looked.
    release::release(&stage.app, eve, &[image]).await.expect("gives back");
    let mut other = stage.owner().await;
    let mut vote = other.begin().await.expect("begins");
    sqlx::raw_sql("SELECT FROM subtask FOR NO KEY UPDATE").execute(&mut *vote).await.expect("locks");
    exclude_operator(&stage.app, owner(&task), task.id, &name(&stage, &task, eve)).await.expect("waits for nobody");
    let aside = tokio::spawn({
        let app = stage.app.clone();
        async move { set_aside_due(&app).await }
    });
    until("a worker that waits", async || {
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND database =
                         (SELECT oid FROM pg_database WHERE datname = current_database())
                     OR NOT granted AND locktype = 'transactionid'";
        let waits: i64 = sqlx::query_scalar(waits).fetch_one(&stage.app.pool).await.expect("reads");
        (waits > 0).then_some(())
    })
    .await;
    sqlx::raw_sql(
        "UPDATE assignment SET state = 'voted', label = 'dog', ordinal = 1, given_at = expires_at, voted_at = expires_at;
         UPDATE subtask SET votes = 1",
    )
    .execute(&mut *vote)
    .await
    .expect("votes");
    vote.commit().await.expect("commits");
    assert_eq!(aside.await.expect("ends").expect("sets aside"), 1);
    assert_eq!(votes_of(&stage, eve.user_id()).await, (0, 1));
    stage.check().await;
}

#[tokio::test]
async fn whatever_a_vote_and_an_exclusion_do_at_once_no_vote_of_theirs_counts() {
    let stage = Stage::new().await;
    for _ in 0..8 {
        let task = stage.task(12, 2, 3).await;
        let eve = stage.operator();
        let held: Vec<SubtaskId> = stage.lease(eve, 12).await.held.iter().map(|held| held.subtask_id).collect();
        assert_eq!(held.len(), 12);
        let votes = join_all(held.iter().map(|&image| stage.vote(eve, image, "dog")));
        let leases = async {
            let more = stage.lease(eve, 20).await.held;
            more.iter().all(|held| task.images.contains(&held.subtask_id))
        };
        let name = name(&stage, &task, eve);
        let excluding = async {
            exclude_operator(&stage.app, owner(&task), task.id, &name).await.expect("excludes");
            set_aside_due(&stage.app).await.expect("sets aside");
        };
        let (votes, own, ()) = tokio::join!(votes, leases, excluding);
        assert!(own);
        for vote in votes {
            let fine =
                vote.map_or_else(|error| error.reason() == Reason::LeaseExpired, |vote| vote == Outcome::Counted);
            assert!(fine, "counted, or refused as any vote of somebody who is paused");
        }
        assert_eq!(votes_of(&stage, eve.user_id()).await.0, 0);
        let leased: i64 =
            sqlx::query_scalar("SELECT count(*) FROM assignment WHERE operator_id = $1 AND state = 'leased'")
                .bind(eve.user_id().uuid())
                .fetch_one(&stage.app.pool)
                .await
                .expect("reads");
        assert_eq!(leased, 0, "and nothing is in their hands");
        stage.check().await;
        end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Cancelled).await.expect("cancels");
    }
}
