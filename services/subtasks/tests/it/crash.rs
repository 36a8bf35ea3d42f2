//! PostgreSQL is killed while everybody votes.

use std::sync::Arc;

use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_ids::SubtaskId;
use labelmesh_proto::subtasks::v1::SubtaskDecided;
use labelmesh_testkit::{Durability, TestDatabase, own_postgres};
use subtasks::app::{Operator, handing_out::lease::lease};
use tokio::sync::Notify;

use crate::stage::{LEASE, Stage};

/// Leases and votes until nothing comes any more, and says which votes were acknowledged. While the server is away,
/// calls fail as unavailable; they are simply made again, as every call of the contract may be.
async fn shift(stage: Stage, operator: Operator, voted: Arc<Notify>) -> Vec<SubtaskId> {
    let mut acknowledged = Vec::new();
    let mut tries = tokio::time::interval(std::time::Duration::from_millis(20));
    loop {
        let leased = match lease(&stage.app, operator, 3).await {
            Ok(leased) => leased,
            Err(error) => {
                assert_eq!(error.reason(), Reason::Unavailable, "{error:?}");
                tries.tick().await;
                continue;
            }
        };
        if leased.held.is_empty() {
            return acknowledged;
        }
        for held in leased.held {
            match stage.vote(operator, held.subtask_id, "cat").await {
                Ok(_) => acknowledged.push(held.subtask_id),
                Err(error) => assert_eq!(error.reason(), Reason::Unavailable, "{error:?}"),
            }
            voted.notify_one();
        }
    }
}

#[tokio::test]
async fn no_acknowledged_vote_is_lost_and_none_counted_twice_when_the_database_is_killed() {
    let mut postgres = own_postgres(Durability::Full).await;
    let stage = Stage::over(TestDatabase::create_on(&postgres, "subtasks", subtasks::migrate).await);
    let images = stage.task(150, 3, 3).await.images.len();
    let operators: Vec<_> = (0..4).map(|_| stage.operator()).collect();
    let voted = Arc::new(Notify::new());
    let shifts: Vec<_> =
        operators.iter().map(|&operator| tokio::spawn(shift(stage.clone(), operator, voted.clone()))).collect();
    voted.notified().await;
    postgres.kill().await.expect("killed");
    postgres.restart().await.expect("comes back");
    let mut acknowledged: Vec<Vec<SubtaskId>> = Vec::new();
    for shift in join_all(shifts).await {
        acknowledged.push(shift.expect("no panic"));
    }
    stage.check().await;
    for (operator, acknowledged) in operators.iter().zip(&acknowledged) {
        let kept: Vec<uuid::Uuid> =
            sqlx::query_scalar("SELECT subtask_id FROM assignment WHERE operator_id = $1 AND state = 'voted'")
                .bind(operator.user_id().uuid())
                .fetch_all(&stage.app.pool)
                .await
                .expect("reads");
        assert!(acknowledged.iter().all(|image| kept.contains(&image.uuid())), "an acknowledged vote is lost");
    }
    // Whoever was cut off in the middle of a call has left a lease behind, at most.
    for _ in 0..3 {
        stage.pass(LEASE);
        for &operator in &operators {
            shift(stage.clone(), operator, voted.clone()).await;
        }
    }
    assert_eq!(stage.open_images().await, 0);
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), images);
    stage.check().await;
}
