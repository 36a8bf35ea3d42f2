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
use subtasks::domain::{GoldRecord, GoldRules, Outcome, Ruling, ShortageCause};

use crate::stage::{LEASE, REST, Stage, Task, asked, reason};

/// A task of so many gold images, all cats, among others. Of the gold images as many as may be handed out before it are
/// drawn for the qualification.
async fn task(stage: &Stage, gold: usize, others: usize, rules: GoldRules) -> Task {
    let mut task = stage.unannounced(gold + others, 2, 3);
    task.gold = task.images[..gold].iter().map(|&image| (image, "cat")).collect();
    task.spec.gold = rules;
    task.qualifying = usize::from(bound(rules.qualification)).min(gold);
    stage.announce(&task).await;
    task
}

fn rules(share: f64, qualification: u16) -> GoldRules {
    GoldRules { share, qualification, ..GoldRules::default() }
}

/// How many images are handed to an operator before the qualification at most.
fn bound(qualification: u16) -> u16 {
    qualification + qualification.div_ceil(2)
}

fn is_gold(task: &Task, image: SubtaskId) -> bool {
    task.gold.iter().any(|(gold, _)| *gold == image)
}

/// Leases until gold comes, and labels what comes before it.
async fn lease_gold(stage: &Stage, task: &Task, operator: Operator) -> SubtaskId {
    loop {
        let image = stage.lease_one(operator).await;
        if is_gold(task, image) {
            return image;
        }
        stage.vote(operator, image, "cat").await.expect("votes");
    }
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
    let task = task(&stage, 30, 50, rules(0.5, 20)).await;
    let operator = stage.operator();
    let given_back = stage.lease_one(operator).await;
    release::release(&stage.app, operator, &[given_back]).await.expect("releases");
    assert_eq!(stage.lease_one(operator).await, given_back);
    while !qualified(&stage, &task, operator).await {
        let image = stage.lease_one(operator).await;
        stage.vote(operator, image, "cat").await.expect("votes");
    }
    let seen = record(&stage, &task, operator).await.seen;
    assert!((20..=30).contains(&seen), "{seen} images");
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
async fn gold_never_comes_alone_in_a_short_answer_or_after_one() {
    let stage = Stage::new().await;
    let mut short = 0;
    for others in 4..16 {
        let task = task(&stage, 30, others, rules(0.5, 0)).await;
        let operator = stage.operator();
        let mut was_short = false;
        for _ in 0..20 {
            let leased = stage.lease(operator, 3).await;
            let images: Vec<_> = leased.held.iter().map(|held| held.subtask_id).collect();
            let alone = !images.is_empty() && images.iter().all(|image| is_gold(&task, *image));
            assert!(!(alone && (was_short || leased.shortage.is_some())), "{others} others: {leased:?}");
            was_short = leased.shortage.is_some();
            short += u32::from(was_short);
            for image in images {
                stage.vote(operator, image, "cat").await.expect("votes");
            }
            stage.pass(REST);
        }
        finish_early(&stage.app, task.id, 3, &task.spec).await.expect("finishes");
        close_ended(&stage.app).await.expect("closes");
    }
    assert!(short > 12, "{short} short answers");
}

#[tokio::test]
async fn an_image_that_came_to_more_people_than_it_wants_votes_need_not_be_gold() {
    let stage = Stage::new().await;
    let mut task = stage.unannounced(320, 1, 1);
    task.gold = task.images[..20].iter().map(|&image| (image, "cat")).collect();
    task.spec.gold = rules(0.2, 0);
    stage.announce(&task).await;
    // What each operator is handed in turn, as they would note it.
    let operators = [stage.operator(), stage.operator(), stage.operator(), stage.operator()];
    let mut had = [const { Vec::new() }; 4];
    for _ in 0..60 {
        for (operator, had) in operators.iter().zip(&mut had) {
            let Some(held) = stage.lease(*operator, 1).await.held.first().cloned() else { continue };
            let outcome = stage.vote(*operator, held.subtask_id, "cat").await.expect("votes");
            assert_eq!(outcome, Outcome::Counted, "nothing tells them apart");
            had.push(held.subtask_id);
        }
    }
    stage.check().await;
    let [mine, others @ ..] = &had;
    let common: Vec<_> = mine.iter().filter(|image| others.iter().any(|had| had.contains(image))).collect();
    let gold = common.iter().filter(|image| is_gold(&task, ***image)).count();
    let decoys = common.len() - gold;
    assert!(gold > 0 && decoys * 3 >= gold, "of {} images in common {gold} are gold", common.len());
    // Each image has its one vote all the same, and nobody's answer on a decoy is another.
    let decided: i64 = sqlx::query_scalar("SELECT count(*) FROM subtask WHERE closed AND gold_label IS NULL")
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    let voted: i64 = sqlx::query_scalar("SELECT count(*) FROM assignment WHERE state = 'voted'")
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(decided, voted);
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
    let image = lease_gold(&stage, &task, operator).await;
    assert_eq!(stage.vote(operator, image, "dog").await.expect("votes"), Outcome::Counted);
    assert_eq!(stage.vote(operator, image, "dog").await.expect("votes"), Outcome::Unchanged);
    assert_eq!(stage.vote(operator, image, "cat").await.expect("votes"), Outcome::Revised);
    let seen = list_operators(&stage.app, Reach::All, task.id, &asked(0, "")).await.expect("lists").0.remove(0);
    let judged = (seen.record.right, seen.record.wrong, seen.qualified);
    assert_eq!(judged, (0, 1, false), "the first answer counts, or else the label could be found by trying");
    let late = stage.operator();
    let image = lease_gold(&stage, &task, late).await;
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
    let image = lease_gold(&stage, &task, late).await;
    release::release(&stage.app, late, &[image]).await.expect("releases");
    stage.pass(LEASE * 2);
    for _ in 0..2 {
        let other = stage.operator();
        assert_eq!(lease_gold(&stage, &task, other).await, image);
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
    let image = lease_gold(&stage, &task, operator).await;
    stage.vote(operator, image, "dog").await.expect("votes");
    let seen = list_operators(&stage.app, Reach::All, task.id, &asked(0, "")).await.expect("lists").0.remove(0);
    assert_eq!((seen.record.right, seen.record.wrong, seen.qualified), (1, 0, true));
}

/// What is known of an operator, and whether votes count.
async fn seen(stage: &Stage, task: &Task, operator: Operator) -> Option<(GoldRecord, bool)> {
    let own = list_operators(&stage.app, Reach::All, task.id, &asked(1_000, "")).await.expect("lists").0;
    let name = stage.pseudonym(task.id, operator.user_id());
    own.into_iter().find(|seen| seen.operator == name).map(|seen| (seen.record, seen.qualified))
}

async fn record(stage: &Stage, task: &Task, operator: Operator) -> GoldRecord {
    seen(stage, task, operator).await.expect("an operator").0
}

async fn qualified(stage: &Stage, task: &Task, operator: Operator) -> bool {
    seen(stage, task, operator).await.is_some_and(|(_, qualified)| qualified)
}

#[tokio::test]
async fn a_skipper_learns_at_most_the_bound_and_nothing_that_controls_others() {
    let stage = Stage::new().await;
    let task = task(&stage, 20, 40, rules(0.5, 3)).await;
    let mut burnt = Vec::new();
    for _ in 0..6 {
        let skipper = stage.operator();
        let mut handed = Vec::new();
        loop {
            let leased = stage.lease(skipper, 20).await;
            if leased.held.is_empty() {
                assert_eq!(leased.shortage.expect("nothing").cause, ShortageCause::Unqualified);
                break;
            }
            for held in leased.held {
                handed.push(held.subtask_id);
                skip::skip(&stage.app, skipper, held.subtask_id, None).await.expect("skips");
            }
            stage.pass(REST);
        }
        assert!(handed.len() <= usize::from(bound(3)), "{} images", handed.len());
        let seen = record(&stage, &task, skipper).await;
        assert_eq!((seen.seen as usize, seen.skips as usize), (handed.len(), handed.len()), "the owner sees it");
        burnt.extend(handed.into_iter().filter(|&image| is_gold(&task, image)));
        for _ in 0..3 {
            stage.pass(LEASE * 20);
            assert!(stage.lease(skipper, 20).await.held.is_empty(), "for good");
        }
    }
    burnt.sort_unstable();
    burnt.dedup();
    assert!(burnt.len() <= task.qualifying, "however many accounts skip: {}", burnt.len());
    // Who has qualified is controlled with others.
    let worker = stage.operator();
    let first = qualify(&stage, &task, worker).await;
    let gold = label(&stage, &task, worker, 50, "cat").await;
    let qualifying: Vec<_> = task.gold[..task.qualifying].iter().map(|(image, _)| *image).collect();
    assert!(!gold.is_empty() && gold.iter().all(|image| !qualifying.contains(image) && !burnt.contains(image)));
    assert!(first.iter().all(|image| qualifying.contains(image) || !is_gold(&task, *image)));
    stage.check().await;
}

/// Labels whatever comes right until votes count; the images.
async fn qualify(stage: &Stage, task: &Task, operator: Operator) -> Vec<SubtaskId> {
    let mut labeled = Vec::new();
    while !qualified(stage, task, operator).await {
        let image = stage.lease_one(operator).await;
        assert_eq!(stage.vote(operator, image, "cat").await.expect("votes"), Outcome::Counted, "as any vote");
        labeled.push(image);
    }
    labeled
}

#[tokio::test]
async fn what_comes_before_the_qualification_is_not_all_gold_and_decides_nothing() {
    let stage = Stage::new().await;
    let task = task(&stage, 30, 20, rules(0.2, 10)).await;
    let mut ordinary = 0;
    for _ in 0..8 {
        let operator = stage.operator();
        let first = qualify(&stage, &task, operator).await;
        assert!(first.len() <= usize::from(bound(10)));
        let others: Vec<_> = first.iter().filter(|&&image| !is_gold(&task, image)).collect();
        assert!(others.len() <= 2, "a third of what is spare");
        for &&image in &others {
            let surplus: String =
                sqlx::query_scalar("SELECT state FROM assignment WHERE subtask_id = $1 AND operator_id = $2")
                    .bind(image.uuid())
                    .bind(operator.user_id().uuid())
                    .fetch_one(&stage.app.pool)
                    .await
                    .expect("reads");
            assert_eq!(surplus, "surplus");
            // It can be changed as any vote, until another would have decided the image.
            let revised = stage.vote(operator, image, "dog").await.map_err(|error| error.reason());
            let told = if ordinary == 0 { Ok(Outcome::Revised) } else { revised };
            assert!(revised == told && matches!(revised, Ok(Outcome::Revised) | Err(Reason::ImageDecided)));
            ordinary += 1;
        }
        stage.check().await;
    }
    assert!(ordinary > 0, "none of 80 in which a third was drawn");
    assert_eq!(stage.open_images().await, 20);
}

#[tokio::test]
async fn what_was_labeled_for_show_comes_again_in_earnest_so_that_few_operators_suffice() {
    let stage = Stage::new().await;
    // Two votes are wanted, and there are two operators.
    let task = task(&stage, 15, 6, rules(0.2, 10)).await;
    for _ in 0..2 {
        let operator = stage.operator();
        qualify(&stage, &task, operator).await;
        for _ in 0..8 {
            stage.pass(REST);
            for held in stage.lease(operator, 3).await.held {
                stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
            }
        }
        stage.check().await;
    }
    assert_eq!(stage.open_images().await, 0);
}

#[tokio::test]
async fn who_can_not_qualify_any_more_is_told_so_until_there_is_other_work() {
    let stage = Stage::new().await;
    let first = task(&stage, 5, 20, rules(0.2, 2)).await;
    let operator = stage.operator();
    let cause = async || stage.lease(operator, 3).await.shortage.map(|shortage| shortage.cause);
    let held: Vec<_> = stage.lease(operator, 3).await.held.iter().map(|held| held.subtask_id).collect();
    let (gold, others): (Vec<_>, Vec<_>) = held.iter().partition(|&&image| is_gold(&first, image));
    skip::skip(&stage.app, operator, gold[0], None).await.expect("skips");
    if others.is_empty() {
        assert_eq!(cause().await, Some(ShortageCause::NothingOpen), "what is held may still qualify");
    }
    for &image in gold[1..].iter().chain(&others) {
        stage.vote(operator, image, "dog").await.expect("votes");
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
