//! Who gets which image, and for how long.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_pg::run_tx;
use labelmesh_proto::subtasks::v1::SubtaskStarved;
use subtasks::app::handing_out::{extend::extend, lapse::lapse_due, release::release, skip::skip};
use subtasks::domain::{Lane, LeaseTimes, Ring, ShortageCause, Terms};
use subtasks::store::{
    closing, cursors, gold,
    leases::{self, Take},
    tasks,
};

use crate::stage::{LEASE, REST, Stage, reason};

#[tokio::test]
async fn a_lease_shows_what_is_needed_to_label() {
    let stage = Stage::new().await;
    let task = stage.task(1, 3, 5).await;
    let leased = stage.lease(stage.operator(), 1).await;
    let held = &leased.held[0];
    assert_eq!((held.subtask_id, held.task_id), (task.images[0], task.id));
    let [texts] = &leased.tasks[..] else { panic!("one task: {:?}", leased.tasks) };
    assert_eq!((texts.task_id, texts.title.as_str(), texts.labels.len()), (task.id, "Animals", 3));
    assert_eq!(held.expires_at, stage.app.clock.now() + LEASE);
    assert_eq!(leased.shortage, None);
    stage.check().await;
}

#[tokio::test]
async fn what_is_told_of_tasks_is_bounded() {
    let stage = Stage::new().await;
    let labels: Vec<_> = (0..1000).map(|number| format!("{number:0100}")).collect();
    for _ in 0..5 {
        let mut task = stage.unannounced(1, 1, 3);
        task.spec.terms = Terms::new(labels.clone(), task.spec.terms.stop());
        stage.announce(&task).await;
    }
    let operator = stage.operator();
    // The third task makes it more than 256 KiB.
    for _ in 0..2 {
        let leased = stage.lease(operator, 5).await;
        assert_eq!((leased.held.len(), leased.tasks.len()), (3, 3));
        assert_eq!(leased.shortage.map(|shortage| shortage.cause), Some(ShortageCause::CutShort));
    }
    stage.check().await;
}

#[tokio::test]
async fn little_is_read_where_there_are_no_statistics() {
    reads_little(&["UPDATE subtask SET closed = true"], &[], None).await;
}

#[tokio::test]
async fn little_is_read_while_statistics_are_of_a_time_when_all_was_closed() {
    reads_little(&["UPDATE subtask SET closed = true", "VACUUM (ANALYZE) subtask"], &[], Some(1.0)).await;
}

#[tokio::test]
async fn little_is_read_where_statistics_say_that_half_is_open() {
    reads_little(&["UPDATE subtask SET closed = true"], &["ANALYZE subtask"], Some(0.5)).await;
}

/// Holds that few images are read, of a task that comes after one that was completed. `before` it comes and `after`,
/// the owner does what brings about statistics by which this share of images is in no queue.
async fn reads_little(before: &[&'static str], after: &[&'static str], unqueued: Option<f32>) {
    let stage = Stage::new().await;
    let mut owner = stage.owner().await;
    stage.task(20_000, 3, 5).await;
    for sentence in [&["ALTER TABLE subtask SET (autovacuum_enabled = false)"], before].concat() {
        sqlx::query(sentence).execute(&mut owner).await.expect("an effect");
    }
    let task = stage.task(20_000, 3, 5).await;
    for &sentence in after {
        sqlx::query(sentence).execute(&mut owner).await.expect("an effect");
    }
    let said = sqlx::query_scalar("SELECT null_frac FROM pg_stats WHERE tablename = 'subtask' AND attname = 'queue'");
    let said: Option<f32> = said.fetch_optional(&mut owner).await.expect("statistics");
    assert_eq!(said.map(|share| (share * 10.0).round() / 10.0), unqueued);

    let (operator, other) = (stage.operator().user_id(), stage.operator().user_id());
    let times = LeaseTimes::new(stage.app.clock.now(), LEASE);
    let take = Take { operator, task: task.id, behind: [0; Lane::COUNT], count: 5, times, trial: false, network: None };
    let gold = gold::Take { operator, task: task.id, behind: 0, count: 5, times };
    let (take, gold) = (&take, &gold);
    let taken = run_tx(&stage.app.pool, "plans", |tx| {
        Box::pin(async move {
            let turn = cursors::lock_operator(tx, operator).await?.client;
            let turns = cursors::turns(tx, operator, turn).await?;
            assert!(turns.candidates.iter().any(|candidate| candidate.task_id == take.task && candidate.has_free));
            let (window, _) = leases::take(tx, take).await?;
            gold::take_again(tx, true, gold).await?;
            gold::take(tx, Ring::Control, gold).await?;
            gold::pools(tx, operator, &[take.task]).await?;
            assert_eq!(leases::held_by_others(tx, other, &[]).await?, (5, Some(take.times.until())));
            assert_eq!(closing::waiting(tx, take.task, Lane::FRESH, 0, 10).await?.len(), 10);
            let own = tasks::within(tx, Reach::All, take.task).await?;
            assert!(tasks::has_open(tx, &own).await?);
            assert_eq!(closing::lock_open(tx, take.task, 10).await?.len(), 10);
            let read: i64 = sqlx::query_scalar(
                "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'subtask'",
            )
            .fetch_one(&mut **tx)
            .await?;
            assert!(read < 1_000, "{read} rows of images were read");
            Ok(window.stretches.iter().map(|stretch| stretch.taken).sum::<i64>())
        })
    });
    assert_eq!(taken.await.expect("taken"), 5);
}

#[tokio::test]
async fn asking_again_gives_the_same_images() {
    let stage = Stage::new().await;
    stage.task(10, 3, 5).await;
    let operator = stage.operator();
    let first = stage.lease(operator, 3).await;
    assert_eq!(first.held.len(), 3);
    assert_eq!(stage.lease(operator, 3).await, first);
    assert_eq!(stage.lease(operator, 1).await, first);
    let more = stage.lease(operator, 5).await;
    assert_eq!(more.held.len(), 5);
    assert!(first.held.iter().all(|held| more.held.contains(held)));
    stage.check().await;
}

#[tokio::test]
async fn no_image_has_more_holders_than_votes_it_wants() {
    let stage = Stage::new().await;
    stage.task(1, 2, 4).await;
    stage.lease_one(stage.operator()).await;
    stage.lease_one(stage.operator()).await;
    let third = stage.lease(stage.operator(), 1).await;
    let shortage = third.shortage.expect("nothing is left");
    assert!(third.held.is_empty());
    assert_eq!((shortage.cause, shortage.leased_by_others), (ShortageCause::AllLeased, 1));
    stage.check().await;
}

#[tokio::test]
async fn who_has_voted_for_everything_hears_that_nothing_is_open() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 4).await;
    let operator = stage.operator();
    stage.lease_one(operator).await;
    stage.vote(operator, task.images[0], "cat").await.expect("votes");
    // The first pass begins where the operator stands, which proves nothing; the next one begins at the head.
    let hasty = stage.lease(operator, 1).await.shortage.expect("nothing");
    assert_eq!(hasty.cause, ShortageCause::CutShort);
    stage.pass(REST);
    let shortage = stage.lease(operator, 1).await.shortage.expect("nothing");
    assert_eq!((shortage.cause, shortage.leased_by_others), (ShortageCause::NothingOpen, 0));
    // While the task rests, the answer stays.
    let shortage = stage.lease(operator, 1).await.shortage.expect("nothing");
    assert_eq!(shortage.cause, ShortageCause::NothingOpen);
}

#[tokio::test]
async fn without_any_task_nothing_is_open() {
    let stage = Stage::new().await;
    let shortage = stage.lease(stage.operator(), 1).await.shortage.expect("nothing");
    assert_eq!(shortage.cause, ShortageCause::NothingOpen);
}

#[tokio::test]
async fn a_lease_that_runs_out_goes_to_the_next_and_may_come_again() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let (slow, quick) = (stage.operator(), stage.operator());
    stage.lease_one(slow).await;
    assert!(stage.lease(quick, 1).await.held.is_empty());
    stage.pass(LEASE);
    assert_eq!(stage.lease_one(quick).await, task.images[0]);
    stage.check().await;
    stage.pass(LEASE);
    assert_eq!(stage.lease_one(slow).await, task.images[0]);
    stage.check().await;
}

#[tokio::test]
async fn leases_run_out_also_while_nobody_leases() {
    let stage = Stage::new().await;
    stage.task(60, 1, 1).await;
    for _ in 0..3 {
        stage.lease(stage.operator(), 20).await;
    }
    assert_eq!(lapse_due(&stage.app).await.expect("lapses"), 0);
    stage.pass(LEASE);
    assert_eq!(lapse_due(&stage.app).await.expect("lapses"), 60);
    stage.check().await;
}

#[tokio::test]
async fn a_lease_call_takes_back_twenty_leases_at_most() {
    let stage = Stage::new().await;
    stage.task(50, 1, 1).await;
    stage.lease(stage.operator(), 20).await;
    stage.lease(stage.operator(), 20).await;
    stage.pass(LEASE);
    stage.lease(stage.operator(), 1).await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM assignment WHERE state = 'leased' AND expires_at <= $1")
        .bind(stage.app.clock.now())
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(left, 20);
    stage.check().await;
}

#[tokio::test]
async fn what_came_back_is_served_before_what_is_fresh() {
    let stage = Stage::new().await;
    let task = stage.task(5, 1, 1).await;
    let first = stage.operator();
    let image = stage.lease_one(first).await;
    assert_eq!(image, task.images[0]);
    release(&stage.app, first, &[image]).await.expect("releases");
    assert_eq!(stage.lease_one(stage.operator()).await, image);
    stage.check().await;
}

#[tokio::test]
async fn what_is_released_may_come_again_and_releasing_twice_is_harmless() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    for _ in 0..2 {
        release(&stage.app, operator, &[image]).await.expect("releases");
        stage.check().await;
    }
    release(&stage.app, stage.operator(), &task.images).await.expect("ignored");
    assert_eq!(stage.lease_one(operator).await, image);
}

#[tokio::test]
async fn what_is_skipped_never_comes_again() {
    let stage = Stage::new().await;
    let task = stage.task(2, 3, 3).await;
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    skip(&stage.app, operator, image, None).await.expect("skips");
    skip(&stage.app, operator, image, None).await.expect("a second time is harmless");
    stage.check().await;
    for _ in 0..3 {
        let held = stage.lease(operator, 2).await.held;
        assert_eq!(held.iter().map(|held| held.subtask_id).collect::<Vec<_>>(), [task.images[1]]);
        stage.pass(REST);
    }
    assert_eq!(reason(stage.vote(operator, image, "cat").await), Reason::LeaseExpired);
}

#[tokio::test]
async fn only_what_was_in_ones_hands_can_be_skipped() {
    let stage = Stage::new().await;
    let task = stage.task(1, 3, 3).await;
    assert_eq!(reason(skip(&stage.app, stage.operator(), task.images[0], None).await), Reason::NeverLeased);
}

#[tokio::test]
async fn the_third_skip_tells_once_that_an_image_starves() {
    let stage = Stage::new().await;
    let task = stage.task(1, 3, 3).await;
    for skips in 1..=4 {
        let operator = stage.operator();
        let image = stage.lease_one(operator).await;
        skip(&stage.app, operator, image, None).await.expect("skips");
        assert_eq!(stage.events::<SubtaskStarved>().await.len(), usize::from(skips >= 3));
        stage.check().await;
    }
    let event = stage.events::<SubtaskStarved>().await.remove(0);
    assert_eq!((event.task_id, event.skips, event.version), (task.id.to_string(), 3, 1));
}

#[tokio::test]
async fn an_extended_lease_ends_a_full_lease_time_later() {
    let stage = Stage::new().await;
    let task = stage.task(2, 1, 1).await;
    let (operator, other) = (stage.operator(), stage.operator());
    let image = stage.lease_one(operator).await;
    stage.pass(LEASE - TimeDelta::seconds(1));
    let extended = extend(&stage.app, operator, &task.images).await.expect("extends");
    assert_eq!(extended, [(image, stage.app.clock.now() + LEASE)]);
    assert!(extend(&stage.app, other, &task.images).await.expect("ignored").is_empty());
    stage.pass(LEASE - TimeDelta::seconds(1));
    assert_eq!(stage.lease(operator, 1).await.held[0].subtask_id, image);
    stage.pass(TimeDelta::seconds(1));
    assert!(extend(&stage.app, operator, &task.images).await.expect("too late").is_empty());
    stage.check().await;
}

#[tokio::test]
async fn tasks_take_turns() {
    let stage = Stage::new().await;
    let tasks = [stage.task(20, 3, 3).await, stage.task(20, 3, 3).await, stage.task(20, 3, 3).await];
    let operator = stage.operator();
    let mut served = Vec::new();
    for count in 1..=6 {
        let held = stage.lease(operator, count).await.held;
        let newest = held.into_iter().find(|held| !served.iter().any(|(image, _)| *image == held.subtask_id));
        let newest = newest.expect("one more");
        served.push((newest.subtask_id, newest.task_id));
    }
    for task in &tasks {
        assert_eq!(served.iter().filter(|(_, id)| *id == task.id).count(), 2);
    }
}

#[tokio::test]
async fn one_call_is_filled_from_several_tasks_when_one_has_too_little() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        stage.task(2, 3, 3).await;
    }
    let leased = stage.lease(stage.operator(), 5).await;
    assert_eq!((leased.held.len(), leased.shortage), (5, None));
}

#[tokio::test]
async fn a_long_way_through_images_already_voted_for_is_gone_in_bounded_steps() {
    let stage = Stage::new().await;
    let task = stage.task(64 * 30, 3, 3).await;
    let operator = stage.operator();
    sqlx::query(
        "INSERT INTO assignment (subtask_id, operator_id, task_id, state, expires_at)
         SELECT subtask_id, $1, task_id, 'skipped', $2 FROM subtask WHERE subtask_id <> $3",
    )
    .bind(operator.user_id().uuid())
    .bind(stage.app.clock.now())
    .bind(task.images.last().expect("images").uuid())
    .execute(&stage.app.pool)
    .await
    .expect("writes");
    let first = stage.lease(operator, 1).await;
    let shortage = first.shortage.expect("not there yet");
    assert_eq!(shortage.cause, ShortageCause::CutShort);
    let second = stage.lease(operator, 1).await;
    assert_eq!(second.held[0].subtask_id, *task.images.last().expect("images"));
}

#[tokio::test]
async fn one_operator_asking_twice_at_once_is_filled_up_once() {
    let stage = Stage::new().await;
    stage.task(50, 3, 3).await;
    let operator = stage.operator();
    let answers = futures::future::join_all((0..8).map(|_| stage.lease(operator, 4))).await;
    for answer in &answers {
        assert_eq!(answer.held, answers[0].held);
    }
    assert_eq!(answers[0].held.len(), 4);
    stage.check().await;
}
