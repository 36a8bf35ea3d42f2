//! Whose images come next: turns go round clients, and round the tasks of each.

use std::collections::BTreeSet;

use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;
use subtasks::domain::ShortageCause;
use subtasks::store::cursors;

use crate::stage::{Stage, Task};

/// Tasks of one image each, all of one client.
async fn tasks_of_one(stage: &Stage, owner: UserId, tasks: usize) -> Vec<Task> {
    let mut announced = Vec::with_capacity(tasks);
    for _ in 0..tasks {
        let mut task = stage.unannounced(1, 1, 1);
        task.spec.owner_id = owner;
        stage.announce(&task).await;
        announced.push(task);
    }
    announced
}

#[tokio::test]
async fn a_client_with_many_tasks_gets_no_more_turns_than_one_with_a_single_task() {
    let stage = Stage::new().await;
    let single = stage.task(20, 3, 3).await;
    let many = stage.unannounced(1, 1, 1).spec.owner_id;
    let tasks = tasks_of_one(&stage, many, 150).await;
    let operator = stage.operator();
    let mut held = Vec::new();
    for count in 1..=20 {
        held = stage.lease(operator, count).await.held;
    }
    assert_eq!(held.len(), 20);
    assert_eq!(held.iter().filter(|held| held.task_id == single.id).count(), 10);
    let served: BTreeSet<_> = held.iter().map(|held| held.task_id).filter(|task| *task != single.id).collect();
    let ids: BTreeSet<_> = tasks.iter().map(|task| task.id).collect();
    let first: BTreeSet<_> = ids.into_iter().take(10).collect();
    assert_eq!(served, first, "the tasks of a client are served one after the other");
    stage.check().await;
}

#[tokio::test]
async fn every_image_comes_in_the_end_however_many_clients_and_tasks_there_are() {
    let stage = Stage::new().await;
    for _ in 0..40 {
        let owner = stage.unannounced(1, 1, 1).spec.owner_id;
        tasks_of_one(&stage, owner, 3).await;
    }
    let operator = stage.operator();
    let (mut voted, mut in_vain) = (0, 0);
    while voted < 120 {
        let leased = stage.lease(operator, 1).await;
        for held in &leased.held {
            stage.vote(operator, held.subtask_id, "cat").await.expect("votes");
            voted += 1;
        }
        if let Some(shortage) = leased.shortage {
            assert_eq!(shortage.cause, ShortageCause::CutShort, "{voted} images came");
            in_vain += 1;
        }
        assert!(in_vain < 50, "{voted} images came");
    }
    stage.check().await;
}

#[tokio::test]
async fn a_lease_call_reads_as_much_of_a_thousand_tasks_of_a_client_as_of_a_hundred() {
    let stage = Stage::new().await;
    stage.task(1, 1, 1).await;
    let many = stage.unannounced(1, 1, 1).spec.owner_id;
    let read = async || {
        let operator = stage.operator().user_id();
        let read = run_tx(&stage.app.pool, "turns", |tx| {
            Box::pin(async move {
                let client = cursors::lock_operator(tx, operator).await?.client;
                let turns = cursors::turns(tx, operator, client).await?;
                let read: i64 = sqlx::query_scalar(
                    "SELECT (seq_tup_read + idx_tup_fetch)::bigint FROM pg_stat_xact_user_tables WHERE relname = 'task'",
                )
                .fetch_one(&mut **tx)
                .await?;
                Ok((turns.candidates.len(), read))
            })
        });
        read.await.expect("turns")
    };
    tasks_of_one(&stage, many, 100).await;
    analyzed(&stage).await;
    let hundred = read().await;
    let mut copies = stage.owner().await;
    sqlx::query(
        "INSERT INTO task (task_id, version, owner_id, state, title, labels, redundancy, max_votes)
         SELECT gen_random_uuid(), 1, $1, 'open', '', '{cat,dog}', 1, 1 FROM generate_series(1, 2000)",
    )
    .bind(many.uuid())
    .execute(&mut copies)
    .await
    .expect("copies");
    analyzed(&stage).await;
    let thousands = read().await;
    assert_eq!(hundred.0, thousands.0);
    assert!(thousands.1 <= hundred.1 + 10 && thousands.1 < 400, "{hundred:?} and {thousands:?}");
}

/// As autovacuum does after a while.
async fn analyzed(stage: &Stage) {
    sqlx::query("ANALYZE task").execute(&mut stage.owner().await).await.expect("analyzed");
}
