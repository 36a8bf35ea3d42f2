//! Random walks: whatever operators do in whatever order, after every step the counters equal the rows.

use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_ids::SubtaskId;
use labelmesh_proto::subtasks::v1::SubtaskDecided;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use subtasks::app::voting::vote::{Ballot, vote_many};
use subtasks::app::{
    Operator,
    closing::{close_ended, set_aside::set_aside_due},
    handing_out::{
        exclude::exclude_operator, extend, lapse, pause::pause_operator, release, resume::resume_operator, skip,
    },
    tasks::end_task,
};

use crate::stage::{LEASE, REST, Stage, Task};

const OPERATORS: usize = 6;
const IMAGES: usize = 7;
/// Of these images.
const GOLD: usize = 2;
const LABELS: [&str; 3] = ["cat", "dog", "owl"];

#[derive(Debug, Clone)]
enum Step {
    Lease { who: usize, count: u32 },
    Vote { who: usize, image: usize, label: usize },
    VoteForAllHeld { who: usize, label: usize },
    Skip { who: usize, image: usize },
    Release { who: usize, image: usize },
    Extend { who: usize, image: usize },
    Announce,
    Lapse,
    Rest,
    WaitOutLeases,
    Pause { who: usize },
    Resume { who: usize },
    Exclude { who: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (who, image, label) = (0..OPERATORS, 0..IMAGES, 0..LABELS.len());
    prop_oneof![
        6 => (who.clone(), 1u32..5).prop_map(|(who, count)| Step::Lease { who, count }),
        6 => (who.clone(), image.clone(), label.clone())
            .prop_map(|(who, image, label)| Step::Vote { who, image, label }),
        3 => (who.clone(), label).prop_map(|(who, label)| Step::VoteForAllHeld { who, label }),
        1 => (who.clone(), image.clone()).prop_map(|(who, image)| Step::Skip { who, image }),
        2 => (who.clone(), image.clone()).prop_map(|(who, image)| Step::Release { who, image }),
        1 => (who.clone(), image).prop_map(|(who, image)| Step::Extend { who, image }),
        1 => who.clone().prop_map(|who| Step::Pause { who }),
        1 => who.clone().prop_map(|who| Step::Resume { who }),
        1 => who.prop_map(|who| Step::Exclude { who }),
        1 => Just(Step::Announce),
        1 => Just(Step::Lapse),
        2 => Just(Step::Rest),
        1 => Just(Step::WaitOutLeases),
    ]
}

#[derive(Debug, Clone)]
struct Walk {
    redundancy: u16,
    extra: u16,
    steps: Vec<Step>,
}

fn walk() -> impl Strategy<Value = Walk> {
    (1u16..4, 0u16..3, prop::collection::vec(step(), 10..60)).prop_map(|(redundancy, extra, steps)| Walk {
        redundancy,
        extra,
        steps,
    })
}

async fn take(stage: &Stage, task: &Task, operators: &[Operator], step: &Step) {
    let app = &stage.app;
    match *step {
        Step::Lease { who, count } => {
            let leased = stage.lease(operators[who], count).await;
            assert!(leased.shortage.is_some() || leased.held.len() >= count as usize);
        }
        Step::Vote { who, image, label } => {
            let refused = stage.vote(operators[who], task.images[image], LABELS[label]).await.err();
            let fine = [Reason::NeverLeased, Reason::LeaseExpired, Reason::ImageDecided];
            assert!(refused.is_none_or(|error| fine.contains(&error.reason())));
        }
        Step::VoteForAllHeld { who, label } => {
            let held = stage.lease(operators[who], 1).await.held;
            let ballot = |image: SubtaskId| Ballot { subtask_id: image, label: LABELS[label].to_owned() };
            let ballots: Vec<_> = held.iter().map(|held| ballot(held.subtask_id)).collect();
            for judged in vote_many(app, operators[who], &ballots).await.expect("judges") {
                judged.expect("a vote under a live lease is accepted");
            }
        }
        Step::Skip { who, image } => {
            let refused = skip::skip(app, operators[who], task.images[image], None).await.err();
            assert!(refused.is_none_or(|error| error.reason() == Reason::NeverLeased));
        }
        Step::Release { who, image } => {
            release::release(app, operators[who], &[task.images[image]]).await.expect("releases");
        }
        Step::Extend { who, image } => {
            extend::extend(app, operators[who], &[task.images[image]]).await.expect("extends");
        }
        Step::Announce => stage.announce(task).await,
        Step::Lapse => {
            lapse::lapse_due(app).await.expect("lapses");
        }
        Step::Rest => stage.pass(REST),
        Step::WaitOutLeases => stage.pass(LEASE),
        Step::Pause { who } => {
            let paused = pause_operator(app, Reach::All, task.id, &name(stage, task, operators[who])).await;
            assert!(
                paused.is_ok_and(|paused| paused.record.paused_at.is_some())
                    || !had_a_part(stage, operators[who]).await
            );
        }
        Step::Resume { who } => {
            let refused = resume_operator(app, Reach::All, task.id, &name(stage, task, operators[who])).await.err();
            let fine = [Reason::NotFound, Reason::OperatorExcluded];
            assert!(refused.is_none_or(|error| fine.contains(&error.reason())));
        }
        Step::Exclude { who } => {
            let excluded = exclude_operator(app, Reach::All, task.id, &name(stage, task, operators[who])).await;
            assert!(excluded.is_ok() || !had_a_part(stage, operators[who]).await);
            stage.check().await;
            set_aside_due(app).await.expect("sets aside");
        }
    }
}

fn name(stage: &Stage, task: &Task, operator: Operator) -> String {
    stage.pseudonym(task.id, operator.user_id())
}

/// Whether anything of a task was ever in an operator's hands.
async fn had_a_part(stage: &Stage, operator: Operator) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM assignment WHERE operator_id = $1)")
        .bind(operator.user_id().uuid())
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads")
}

/// Fresh operators come until everything is decided: nothing that went before may have lost an image.
async fn decide_the_rest(stage: &Stage, limit: usize) {
    for _ in 0..limit {
        if stage.open_images().await == 0 {
            return;
        }
        stage.pass(LEASE);
        let operator = stage.operator();
        for held in stage.lease(operator, 20).await.held {
            stage.vote(operator, held.subtask_id, "cat").await.expect("a live lease");
        }
    }
    assert_eq!(stage.open_images().await, 0);
}

fn runner() -> TestRunner {
    TestRunner::new(Config {
        cases: 24,
        rng_seed: RngSeed::Fixed(20_261_122),
        failure_persistence: None,
        max_shrink_iters: 64,
        ..Config::default()
    })
}

#[test]
fn after_every_step_the_counters_equal_the_rows_and_in_the_end_everything_is_decided() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let stage = runtime.block_on(Stage::new());
    let outcome = runner().run(&walk(), |walk| {
        runtime.block_on(async {
            stage.clear().await;
            let task = stage.task_with_gold(IMAGES, GOLD, walk.redundancy, walk.redundancy + walk.extra).await;
            let operators: Vec<_> = (0..OPERATORS).map(|_| stage.operator()).collect();
            for step in &walk.steps {
                take(&stage, &task, &operators, step).await;
                stage.check().await;
            }
            decide_the_rest(&stage, 12).await;
            stage.check().await;
            assert_eq!(stage.events::<SubtaskDecided>().await.len(), IMAGES, "each image is decided once");
        });
        Ok(())
    });
    outcome.expect("every walk holds");
}

#[test]
fn finishing_in_the_middle_of_a_walk_leaves_nothing_open() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let stage = runtime.block_on(Stage::new());
    let outcome = runner().run(&walk(), |walk| {
        runtime.block_on(async {
            stage.clear().await;
            let task = stage.task_with_gold(IMAGES, GOLD, walk.redundancy, walk.redundancy + walk.extra).await;
            let operators: Vec<_> = (0..OPERATORS).map(|_| stage.operator()).collect();
            let (first, second) = walk.steps.split_at(walk.steps.len() / 2);
            for step in first {
                take(&stage, &task, &operators, step).await;
            }
            end_task::finish_early(&stage.app, task.id, 3, &task.spec).await.expect("finishes");
            close_ended::close_ended(&stage.app).await.expect("closes");
            for step in second {
                take(&stage, &task, &operators, step).await;
                stage.check().await;
            }
            assert_eq!(stage.open_images().await, 0);
            assert_eq!(stage.events::<SubtaskDecided>().await.len(), IMAGES, "each image is closed once");
        });
        Ok(())
    });
    outcome.expect("every walk holds");
}
