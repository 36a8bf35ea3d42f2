//! Images whose label is known: mixed in, answered, and what follows for the operator.

use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_ids::SubtaskId;
use labelmesh_proto::subtasks::v1::{ClosingCause, OperatorPaused, SubtaskDecided};
use subtasks::app::closing::adjudicate::adjudicate;
use subtasks::app::closing::close_ended::close_ended;
use subtasks::app::handing_out::extend::extend;
use subtasks::app::handing_out::lapse::lapse_due;
use subtasks::app::handing_out::resume::resume_operator;
use subtasks::app::reading::operators::list_operators;
use subtasks::app::tasks::end_task::finish_early;
use subtasks::app::{
    Operator,
    handing_out::{release, skip},
};
use subtasks::domain::{GoldRules, Outcome, Ruling, ShortageCause};

use crate::stage::{LEASE, REST, Stage, Task, asked, reason};

/// A task of so many gold images, all cats, among others.
async fn task(stage: &Stage, gold: usize, others: usize, rules: GoldRules) -> Task {
    let mut task = stage.unannounced(gold + others, 2, 3);
    task.gold = task.images[..gold].iter().map(|&image| (image, "cat")).collect();
    task.spec.gold = rules;
    stage.announce(&task).await;
    task
}

fn rules(share: f64, qualification: u16) -> GoldRules {
    GoldRules { share, qualification, ..GoldRules::default() }
}

fn is_gold(task: &Task, image: SubtaskId) -> bool {
    task.gold.iter().any(|(gold, _)| *gold == image)
}

/// Leases one image after the other and labels gold as told, everything else as a cat; the gold images in order.
async fn label(stage: &Stage, task: &Task, operator: Operator, images: usize, on_gold: &str) -> Vec<SubtaskId> {
    let mut gold = Vec::new();
    for _ in 0..images {
        let Some(held) = stage.lease(operator, 1).await.held.first().cloned() else { break };
        let known = is_gold(task, held.subtask_id);
        let outcome = stage.vote(operator, held.subtask_id, if known { on_gold } else { "cat" }).await;
        assert_eq!(outcome.expect("a live lease"), Outcome::Counted, "gold is answered as any image is");
        if known {
            gold.push(held.subtask_id);
        }
    }
    stage.check().await;
    gold
}

#[tokio::test]
async fn gold_counts_as_decided_from_the_start_and_decides_nothing_else() {
    let stage = Stage::new().await;
    let task = task(&stage, 3, 2, rules(0.5, 0)).await;
    stage.announce(&task).await;
    let decided = stage.events::<SubtaskDecided>().await;
    assert_eq!(decided.len(), 3, "once, however often it is announced");
    for event in decided {
        assert_eq!((event.label.as_str(), event.rule.as_str(), event.cause()), ("cat", "gold", ClosingCause::Gold));
        assert!(event.votes.is_empty() && (event.confidence - 1.0).abs() < 1e-12);
    }
    assert_eq!(stage.open_images().await, 2);
    let operators = [stage.operator(), stage.operator(), stage.operator()];
    for operator in operators {
        label(&stage, &task, operator, 20, "dog").await;
    }
    assert_eq!(stage.open_images().await, 0);
    let decided = stage.events::<SubtaskDecided>().await;
    assert_eq!(decided.len(), 5);
    assert!(decided.iter().all(|event| event.label == "cat"), "no answer on gold has changed a label");
}

#[tokio::test]
async fn gold_is_mixed_in_at_its_share_and_never_comes_twice() {
    let stage = Stage::new().await;
    let task = task(&stage, 60, 400, rules(0.25, 0)).await;
    let (one, other) = (stage.operator(), stage.operator());
    let (first, second) = (label(&stage, &task, one, 120, "cat").await, label(&stage, &task, other, 120, "cat").await);
    for gold in [&first, &second] {
        // 30 expected, with a standard deviation of 4.7.
        assert!((12..=48).contains(&gold.len()), "{}", gold.len());
        let mut once = gold.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), gold.len(), "each at most once");
    }
    assert_ne!(first[..8], second[..8], "no two operators see the same order");
}

#[tokio::test]
async fn gold_that_was_given_back_comes_again_so_that_nobody_is_kept_from_qualifying() {
    let stage = Stage::new().await;
    let task = task(&stage, 200, 5, rules(0.5, 200)).await;
    let operator = stage.operator();
    let given_back = stage.lease_one(operator).await;
    release::release(&stage.app, operator, &[given_back]).await.expect("releases");
    for _ in 0..200 {
        let image = stage.lease_one(operator).await;
        stage.vote(operator, image, "cat").await.expect("votes");
    }
    assert_eq!(stage.lease(operator, 1).await.held.len(), 1);
    assert!(!is_gold(&task, stage.lease_one(operator).await), "qualified");
    stage.check().await;
}

#[tokio::test]
async fn what_was_given_back_comes_next_whether_it_is_gold_or_not() {
    let stage = Stage::new().await;
    let task = task(&stage, 60, 60, rules(0.5, 0)).await;
    let operator = stage.operator();
    let (mut gold, mut others) = (0, 0);
    while gold < 5 || others < 5 {
        let image = stage.lease_one(operator).await;
        release::release(&stage.app, operator, &[image]).await.expect("releases");
        // But for gold that comes in between, as it would before any image.
        let mut next = stage.lease_one(operator).await;
        while next != image {
            assert!(is_gold(&task, next));
            stage.vote(operator, next, "cat").await.expect("votes");
            next = stage.lease_one(operator).await;
        }
        stage.vote(operator, image, "cat").await.expect("votes");
        *(if is_gold(&task, image) { &mut gold } else { &mut others }) += 1;
    }
    stage.check().await;
}

#[tokio::test]
async fn no_gold_comes_after_it_was_said_that_nothing_is_open() {
    let stage = Stage::new().await;
    task(&stage, 40, 6, rules(0.5, 0)).await;
    let operator = stage.operator();
    let mut dry = false;
    for _ in 0..60 {
        let leased = stage.lease(operator, 1).await;
        for held in &leased.held {
            assert!(!dry, "an image came after nothing was open");
            stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
        }
        dry |= leased.shortage.is_some_and(|shortage| shortage.cause == ShortageCause::NothingOpen);
        stage.pass(REST);
    }
    assert!(dry);
    assert_eq!(stage.open_images().await, 6, "others still have work");
    stage.check().await;
}

#[tokio::test]
async fn where_all_gold_is_known_the_other_images_still_come() {
    let stage = Stage::new().await;
    let task = task(&stage, 2, 30, rules(0.5, 0)).await;
    let operator = stage.operator();
    let gold = label(&stage, &task, operator, 40, "cat").await;
    assert_eq!(gold.len(), 2);
    stage.pass(REST);
    let shortage = stage.lease(operator, 1).await.shortage.expect("nothing is left");
    assert_eq!(shortage.cause, ShortageCause::NothingOpen);
}

#[tokio::test]
async fn an_answer_can_be_changed_and_given_late_as_any_vote() {
    let stage = Stage::new().await;
    let task = task(&stage, 1, 5, rules(0.5, 1)).await;
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    assert!(is_gold(&task, image), "before the qualification there is nothing else");
    assert_eq!(stage.vote(operator, image, "dog").await.expect("votes"), Outcome::Counted);
    assert_eq!(stage.vote(operator, image, "dog").await.expect("votes"), Outcome::Unchanged);
    assert_eq!(stage.vote(operator, image, "cat").await.expect("votes"), Outcome::Revised);
    let seen = list_operators(&stage.app, Reach::All, task.id, &asked(0, "")).await.expect("lists").0.remove(0);
    let judged = (seen.record.right, seen.record.wrong, seen.qualified);
    assert_eq!(judged, (0, 1, false), "the first answer counts, or else the label could be found by trying");
    let late = stage.operator();
    let image = stage.lease_one(late).await;
    release::release(&stage.app, late, &[image]).await.expect("releases");
    assert_eq!(stage.vote(late, image, "cat").await.expect("votes"), Outcome::Counted);
    assert_eq!(reason(stage.vote(stage.operator(), image, "cat").await), Reason::NeverLeased);
    stage.check().await;
}

#[tokio::test]
async fn an_answer_can_be_changed_until_a_vote_on_another_image_could_not() {
    let stage = Stage::new().await;
    // Two votes decide an image on which both agree.
    let task = task(&stage, 1, 20, rules(0.5, 0)).await;
    let [first, second, third] = [stage.operator(), stage.operator(), stage.operator()];
    // Everybody labels dogs until they have had the gold image and the first other one.
    let label = async |operator: Operator| {
        let mut labeled = Vec::new();
        while !task.images[..2].iter().all(|image| labeled.contains(image)) {
            let image = stage.lease_one(operator).await;
            stage.vote(operator, image, "dog").await.expect("votes");
            labeled.push(image);
        }
    };
    let told = async |operator: Operator, label: &str| {
        let mut told = Vec::new();
        for &image in &task.images[..2] {
            told.push(stage.vote(operator, image, label).await.map_err(|error| error.reason()));
        }
        told
    };
    label(first).await;
    assert_eq!(told(first, "cat").await, [Ok(Outcome::Revised); 2]);
    assert_eq!(told(first, "dog").await, [Ok(Outcome::Revised); 2]);
    label(second).await;
    assert_eq!(told(second, "cat").await, [Err(Reason::ImageDecided); 2]);
    assert_eq!(told(first, "cat").await, [Err(Reason::ImageDecided); 2]);
    assert_eq!(told(second, "dog").await, [Ok(Outcome::Unchanged); 2]);
    // Gold comes to more people than that.
    let mut image = stage.lease_one(third).await;
    while !is_gold(&task, image) {
        stage.vote(third, image, "dog").await.expect("votes");
        image = stage.lease_one(third).await;
    }
    assert_eq!(stage.vote(third, image, "dog").await.expect("votes"), Outcome::Counted);
    assert_eq!(stage.vote(third, image, "cat").await.expect("votes"), Outcome::Revised);
    assert_eq!(reason(stage.vote(second, image, "cat").await), Reason::ImageDecided);
    stage.check().await;
}

#[tokio::test]
async fn gold_that_was_given_back_can_be_answered_late_until_others_would_have_decided_it() {
    let stage = Stage::new().await;
    let task = task(&stage, 1, 5, rules(0.5, 1)).await;
    let late = stage.operator();
    let image = stage.lease_one(late).await;
    release::release(&stage.app, late, &[image]).await.expect("releases");
    stage.pass(LEASE * 2);
    for _ in 0..2 {
        let other = stage.operator();
        assert_eq!(stage.lease_one(other).await, image);
        stage.vote(other, image, "cat").await.expect("votes");
    }
    assert!(is_gold(&task, image));
    assert_eq!(reason(stage.vote(late, image, "cat").await), Reason::ImageDecided);
}

#[tokio::test]
async fn gold_that_was_adjudicated_is_judged_by_its_new_label() {
    let stage = Stage::new().await;
    let task = task(&stage, 1, 5, rules(0.5, 1)).await;
    let person = Ruling { by: task.spec.owner_id, comment: String::new() };
    adjudicate(&stage.app, Reach::All, task.id, task.images[0], "dog", &person).await.expect("adjudicates");
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    stage.vote(operator, image, "dog").await.expect("votes");
    let seen = list_operators(&stage.app, Reach::All, task.id, &asked(0, "")).await.expect("lists").0.remove(0);
    assert_eq!((seen.record.right, seen.record.wrong, seen.qualified), (1, 0, true));
}

#[tokio::test]
async fn who_is_not_qualified_gets_gold_alone() {
    let stage = Stage::new().await;
    let task = task(&stage, 4, 20, rules(0.2, 3)).await;
    let (good, bad) = (stage.operator(), stage.operator());
    let held = stage.lease(good, 10).await.held;
    assert!(held.len() == 4 && held.iter().all(|held| is_gold(&task, held.subtask_id)));
    for held in held {
        stage.vote(good, held.subtask_id, "cat").await.expect("votes");
    }
    stage.pass(REST);
    let held = stage.lease(good, 10).await.held;
    assert!(held.len() == 10 && held.iter().all(|held| !is_gold(&task, held.subtask_id)));
    assert_eq!(label(&stage, &task, bad, 30, "dog").await.len(), 4);
    let shortage = stage.lease(bad, 1).await.shortage.expect("nothing for this operator");
    assert_ne!(shortage.cause, ShortageCause::Paused, "four answers are not enough to tell");
}

#[tokio::test]
async fn who_can_not_qualify_any_more_is_told_so_until_there_is_other_work() {
    let stage = Stage::new().await;
    let first = task(&stage, 3, 20, rules(0.2, 2)).await;
    let operator = stage.operator();
    let cause = async || stage.lease(operator, 3).await.shortage.map(|shortage| shortage.cause);
    let (skipped, labeled) = (stage.lease_one(operator).await, stage.lease(operator, 3).await.held);
    skip::skip(&stage.app, operator, skipped).await.expect("skips");
    assert_eq!(cause().await, Some(ShortageCause::NothingOpen), "what is held may still qualify");
    for held in labeled.iter().filter(|held| held.subtask_id != skipped) {
        assert!(is_gold(&first, held.subtask_id));
        stage.vote(operator, held.subtask_id, "dog").await.expect("votes");
    }
    stage.pass(REST);
    assert_eq!(cause().await, Some(ShortageCause::Unqualified));
    // While the task rests the answer is the same, and what others hold of it changes nothing.
    let other = stage.operator();
    stage.lease(other, 3).await;
    assert_eq!(cause().await, Some(ShortageCause::Unqualified));
    let second = task(&stage, 0, 1, GoldRules::default()).await;
    assert_eq!(stage.lease_one(operator).await, second.images[0]);
    stage.vote(operator, second.images[0], "cat").await.expect("votes");
    // Once to the end of the second task, and once more from its head.
    stage.pass(REST);
    stage.lease(operator, 3).await;
    stage.pass(REST);
    assert_eq!(cause().await, Some(ShortageCause::Unqualified));
    stage.check().await;
}

/// The images that are marked as in the operator's hands.
async fn held_of(stage: &Stage, operator: Operator) -> Vec<SubtaskId> {
    let held = sqlx::query_scalar("SELECT subtask_id FROM assignment WHERE operator_id = $1 AND state = 'leased'");
    let held: Vec<uuid::Uuid> =
        held.bind(operator.user_id().uuid()).fetch_all(&stage.app.pool).await.expect("an answer");
    held.into_iter().map(SubtaskId::from).collect()
}

#[tokio::test]
async fn who_answers_badly_is_paused_told_and_may_be_resumed() {
    let stage = Stage::new().await;
    let task = task(&stage, 40, 200, rules(0.5, 0)).await;
    let operator = stage.operator();
    // As long as images come, two more are held than the one that is labeled.
    let mut wrong = 0;
    while let Some(held) = stage.lease(operator, 3).await.held.first().cloned() {
        let known = is_gold(&task, held.subtask_id);
        let outcome = stage.vote(operator, held.subtask_id, if known { "dog" } else { "cat" }).await;
        assert_eq!(outcome.expect("a live lease"), Outcome::Counted);
        wrong += u32::from(known);
    }
    assert_eq!(wrong, 10, "ten wrong answers are clear");
    let events = stage.events::<OperatorPaused>().await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].operator_id.as_str(), events[0].version), (operator.user_id().to_string().as_str(), 1));
    // What was still held is worth nothing any more; nothing more comes to this operator.
    let held = held_of(&stage, operator).await;
    assert!(!held.is_empty() && extend(&stage.app, operator, &held).await.expect("an answer").is_empty());
    let late = stage.vote(operator, held[0], "cat").await;
    assert_eq!(late.expect_err("paused").reason(), Reason::LeaseExpired);
    // When it has run out it comes to others.
    stage.pass(LEASE);
    lapse_due(&stage.app).await.expect("lapses");
    stage.check().await;
    let leased: i64 = sqlx::query_scalar("SELECT coalesce(sum(leases), 0)::bigint FROM subtask")
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(leased, 0);
    let answer = stage.lease(operator, 3).await;
    assert_eq!((answer.held.len(), answer.shortage.expect("nothing").cause), (0, ShortageCause::Paused));

    let owner = Reach::Own(task.spec.owner_id);
    let stranger = Reach::Own(operator.user_id());
    assert_eq!(reason(list_operators(&stage.app, stranger, task.id, &asked(0, "")).await), Reason::NotFound);
    let seen = list_operators(&stage.app, owner, task.id, &asked(0, "")).await.expect("lists").0;
    assert_eq!((seen.len(), seen[0].record.wrong, seen[0].record.paused_at.is_some()), (1, 10, true));
    assert!(!seen[0].operator.contains(&operator.user_id().to_string()[..8]));
    assert_eq!(reason(resume_operator(&stage.app, owner, task.id, "somebody").await), Reason::NotFound);
    assert_eq!(reason(resume_operator(&stage.app, stranger, task.id, &seen[0].operator).await), Reason::NotFound);
    let resumed = resume_operator(&stage.app, owner, task.id, &seen[0].operator).await.expect("resumes");
    assert_eq!((resumed.record.paused_at, resumed.record.wrong), (None, 10));
    // Judged by what comes from now on.
    assert_eq!(label(&stage, &task, operator, 300, "dog").await.len(), 10);
    assert_eq!(stage.events::<OperatorPaused>().await.iter().map(|event| event.version).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn who_answers_well_is_never_paused() {
    let stage = Stage::new().await;
    let task = task(&stage, 40, 100, rules(0.5, 0)).await;
    let operator = stage.operator();
    label(&stage, &task, operator, 140, "cat").await;
    assert!(stage.events::<OperatorPaused>().await.is_empty());
    let seen = list_operators(&stage.app, Reach::All, task.id, &asked(1, "")).await.expect("lists").0.remove(0);
    assert!(seen.record.right > 20 && seen.record.wrong == 0 && seen.qualified);
}

#[tokio::test]
async fn a_task_that_ends_takes_its_gold_back() {
    let stage = Stage::new().await;
    let task = task(&stage, 5, 5, rules(0.5, 5)).await;
    let operator = stage.operator();
    let held = stage.lease(operator, 3).await.held;
    finish_early(&stage.app, task.id, 3, &task.spec).await.expect("finishes");
    close_ended(&stage.app).await.expect("closes");
    assert!(stage.lease(operator, 3).await.held.is_empty());
    assert_eq!(stage.vote(operator, held[0].subtask_id, "dog").await.expect("votes"), Outcome::Surplus);
    assert_eq!(reason(stage.vote(operator, held[0].subtask_id, "cat").await), Reason::ImageDecided);
    stage.pass(LEASE);
    lapse_due(&stage.app).await.expect("lapses");
    stage.check().await;
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), 10);
}
