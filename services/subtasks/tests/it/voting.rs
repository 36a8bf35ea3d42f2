//! What becomes of votes, and what they decide.

use labelmesh_errors::{Error, Reason};
use labelmesh_identity::Reach;
use labelmesh_proto::subtasks::v1::{ClosingCause, SubtaskDecided, VoteCount};
use subtasks::app::handing_out::release::release;
use subtasks::app::reading::list_votes::list_votes;
use subtasks::app::voting::vote::{Ballot, vote_many};
use subtasks::domain::{Outcome, Refusal};

use crate::stage::{LEASE, REST, Stage, asked, reason};

fn counts(event: &SubtaskDecided) -> Vec<(&str, u32)> {
    event.votes.iter().map(|VoteCount { label, votes }| (label.as_str(), *votes)).collect()
}

#[tokio::test]
async fn enough_votes_decide_in_the_same_transaction() {
    let stage = Stage::new().await;
    let task = stage.task(1, 3, 5).await;
    let image = task.images[0];
    stage.somebody_votes(image, "cat").await;
    stage.somebody_votes(image, "dog").await;
    assert!(stage.events::<SubtaskDecided>().await.is_empty());
    stage.somebody_votes(image, "cat").await;
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!((event.subtask_id.as_str(), event.task_id.as_str()), (&*image.to_string(), &*task.id.to_string()));
    assert_eq!((event.label.as_str(), event.contested, event.version), ("cat", false, 1));
    assert_eq!((event.cause(), event.rule.as_str()), (ClosingCause::VotesComplete, "plurality"));
    assert_eq!(counts(event), [("cat", 2), ("dog", 1)]);
    assert!((event.confidence - 2.0 / 3.0).abs() < 1e-12);
    stage.check().await;
}

#[tokio::test]
async fn a_tie_asks_for_one_more_vote_and_is_served_first() {
    let stage = Stage::new().await;
    let task = stage.task(3, 2, 4).await;
    let image = task.images[0];
    for (label, operator) in [("cat", stage.operator()), ("dog", stage.operator())] {
        assert_eq!(stage.lease_one(operator).await, image);
        stage.vote(operator, image, label).await.expect("votes");
    }
    stage.check().await;
    stage.somebody_votes(image, "dog").await;
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!((events.len(), counts(&events[0])), (1, vec![("dog", 2), ("cat", 1)]));
    stage.check().await;
}

#[tokio::test]
async fn a_label_that_looks_like_one_of_the_tasks_is_it() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    stage.somebody_votes(task.images[0], "c\u{200b}at").await;
    assert_eq!(stage.events::<SubtaskDecided>().await[0].label, "cat");
    stage.check().await;
}

#[tokio::test]
async fn a_tie_at_the_maximum_is_contested_and_the_label_that_came_first_stands() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 3).await;
    for label in ["owl", "dog", "cat"] {
        stage.somebody_votes(task.images[0], label).await;
    }
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!((events[0].label.as_str(), events[0].contested), ("owl", true));
    assert_eq!(events[0].cause(), ClosingCause::TiedAtMaximum);
    let tied: Vec<String> =
        sqlx::query_scalar("SELECT unnest(tied) FROM decision").fetch_all(&stage.app.pool).await.expect("reads");
    assert_eq!(tied, ["cat", "dog", "owl"]);
    stage.check().await;
}

#[tokio::test]
async fn the_same_vote_again_is_harmless() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 4).await;
    let image = task.images[0];
    let operator = stage.operator();
    stage.lease_one(operator).await;
    assert_eq!(stage.vote(operator, image, "cat").await.expect("votes"), Outcome::Counted);
    assert_eq!(stage.vote(operator, image, "cat").await.expect("again"), Outcome::Unchanged);
    stage.somebody_votes(image, "cat").await;
    assert_eq!(stage.vote(operator, image, "cat").await.expect("after the decision"), Outcome::Unchanged);
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), 1);
    stage.check().await;
}

#[tokio::test]
async fn a_revision_changes_the_label_and_moves_nothing_else() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 2).await;
    let image = task.images[0];
    let operator = stage.operator();
    stage.lease_one(operator).await;
    stage.vote(operator, image, "cat").await.expect("votes");
    assert_eq!(stage.vote(operator, image, "owl").await.expect("revises"), Outcome::Revised);
    stage.check().await;
    stage.somebody_votes(image, "dog").await;
    let events = stage.events::<SubtaskDecided>().await;
    assert_eq!(counts(&events[0]), [("dog", 1), ("owl", 1)]);
    assert_eq!((events[0].label.as_str(), events[0].contested), ("owl", true));
    assert_eq!(reason(stage.vote(operator, image, "cat").await), Reason::ImageDecided);
    stage.check().await;
}

#[tokio::test]
async fn a_late_vote_counts_while_a_place_is_free() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let image = task.images[0];
    let (late, other) = (stage.operator(), stage.operator());
    stage.lease_one(late).await;
    stage.pass(LEASE);
    assert!(stage.lease(late, 1).await.held.len() == 1, "it comes again");
    stage.pass(LEASE);
    stage.lease_one(other).await;
    assert_eq!(reason(stage.vote(late, image, "cat").await), Reason::LeaseExpired);
    release(&stage.app, other, &[image]).await.expect("releases");
    assert_eq!(stage.vote(late, image, "cat").await.expect("a place is free"), Outcome::Counted);
    assert_eq!(reason(stage.vote(other, image, "cat").await), Reason::ImageDecided);
    stage.check().await;
}

#[tokio::test]
async fn a_vote_under_a_lease_that_nobody_took_back_counts() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let operator = stage.operator();
    stage.lease_one(operator).await;
    stage.pass(LEASE * 2);
    assert_eq!(stage.vote(operator, task.images[0], "cat").await.expect("votes"), Outcome::Counted);
    stage.check().await;
}

#[tokio::test]
async fn only_what_was_in_ones_hands_can_be_voted_for_and_only_with_its_labels() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let image = task.images[0];
    let operator = stage.operator();
    assert_eq!(reason(stage.vote(operator, image, "cat").await), Reason::NeverLeased);
    let unknown = stage.unannounced(1, 1, 1).images[0];
    assert_eq!(reason(stage.vote(operator, unknown, "cat").await), Reason::NeverLeased);
    stage.lease_one(operator).await;
    assert_eq!(reason(stage.vote(operator, image, "giraffe").await), Reason::LabelUnknown);
    stage.check().await;
}

#[tokio::test]
async fn many_votes_are_each_judged_for_themselves_and_answered_in_their_order() {
    let stage = Stage::new().await;
    let task = stage.task(3, 1, 1).await;
    let operator = stage.operator();
    let held = stage.lease(operator, 2).await.held;
    let ballot = |image, label: &str| Ballot { subtask_id: image, label: label.to_owned() };
    let ballots =
        [ballot(held[1].subtask_id, "cat"), ballot(task.images[2], "cat"), ballot(held[0].subtask_id, "giraffe")];
    let judged = vote_many(&stage.app, operator, &ballots).await.expect("judges");
    assert_eq!(judged, [Ok(Outcome::Counted), Err(Refusal::NeverLeased), Err(Refusal::LabelUnknown)]);
    let twice = [ballots[0].clone(), ballots[0].clone()];
    let refused: Error = vote_many(&stage.app, operator, &twice).await.expect_err("two for one image");
    assert_eq!(refused.reason(), Reason::FieldInvalid);
    stage.check().await;
}

#[tokio::test]
async fn the_owner_sees_the_votes_in_their_order_under_pseudonyms_of_the_task() {
    let stage = Stage::new().await;
    let (task, other) = (stage.task(2, 2, 2).await, stage.unannounced(1, 1, 1));
    let operators = [stage.operator(), stage.operator()];
    for operator in operators {
        for held in stage.lease(operator, 2).await.held {
            stage.pass(REST);
            stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
        }
    }
    let owner = Reach::Own(task.spec.owner_id);
    let (votes, next) = list_votes(&stage.app, owner, task.id, &asked(0, "")).await.expect("lists");
    assert_eq!((votes.len(), next.as_str()), (4, ""));
    assert!(votes.is_sorted_by_key(|vote| vote.voted_at));
    assert_eq!(votes[0].operator, votes[1].operator);
    assert_ne!(votes[0].operator, votes[2].operator);
    assert!(votes.iter().all(|vote| !vote.operator.contains(&operators[0].user_id().to_string())));

    let mut paged = Vec::new();
    let mut token = String::new();
    loop {
        let (page, next) = list_votes(&stage.app, owner, task.id, &asked(3, &token)).await.expect("lists");
        paged.extend(page);
        if next.is_empty() {
            break;
        }
        token = next;
    }
    assert_eq!(paged, votes);
    assert_eq!(list_votes(&stage.app, Reach::All, task.id, &asked(0, "")).await.expect("lists").0, votes);
    let foreign = Reach::Own(other.spec.owner_id);
    assert_eq!(reason(list_votes(&stage.app, foreign, task.id, &asked(0, "")).await), Reason::NotFound);
    assert_eq!(reason(list_votes(&stage.app, owner, other.id, &asked(0, "")).await), Reason::NotFound);
    assert_eq!(reason(list_votes(&stage.app, owner, task.id, &asked(0, "rubbish")).await), Reason::PageTokenInvalid);
}
