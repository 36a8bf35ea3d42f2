//! Who was deleted holds nothing, is handed nothing, and has voted all the same.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_identity::Role;
use labelmesh_ids::TaskId;
use labelmesh_proto::{subtasks::v1::LeaseSubtasksRequest, timestamp, users::v1::UserDeleted};
use labelmesh_testkit::until;
use subtasks::app::handing_out::{lease::lease, leave::leave};

use crate::{stage::Stage, world::World};

#[tokio::test]
async fn what_they_held_goes_to_others_their_votes_stay_and_they_are_handed_nothing() {
    let stage = Stage::new().await;
    let task = stage.task(3, 2, 2).await;
    let (ada, eve) = (stage.operator(), stage.operator());
    let held = stage.lease(ada, 3).await.held;
    stage.vote(ada, held[0].subtask_id, "cat").await.expect("votes");
    for _ in 0..2 {
        leave(&stage.app, ada.user_id()).await.expect("gone");
        stage.check().await;
    }
    assert_eq!(stage.rows_of("assignment", &task).await, 3, "a vote and two that have lapsed");
    assert_eq!(stage.rows_of("place", &task).await, 0);
    let refused = lease(&stage.app, ada, 3).await.expect_err("deleted");
    assert_eq!(refused.reason(), Reason::NotFound);
    stage.pass(TimeDelta::minutes(1));
    let held = stage.lease(eve, 3).await.held;
    assert_eq!(held.len(), 3);
    // The vote counts on: with another one its image is decided.
    for image in held {
        stage.vote(eve, image.subtask_id, "cat").await.expect("votes");
    }
    assert_eq!(stage.rows_of("decision", &task).await, 1);
}

#[tokio::test]
async fn a_deleted_client_leaves_no_texts_that_anybody_could_be_told() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    leave(&stage.app, task.spec.owner_id).await.expect("gone");
    let texts = stage.lease(stage.operator(), 1).await.tasks;
    assert_eq!((texts[0].title.as_str(), texts[0].instructions.as_str()), ("", ""));
}

#[tokio::test]
async fn users_tells_who_was_deleted() {
    let world = World::new().await;
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(2).await;
    world.submit(task, &world.spec(world.identities.new_user(), 2, 1), &images).await;
    let (ada, eve) = (world.identities.new_user(), world.identities.new_user());
    let held = async |user| {
        let caller = world.caller(user, Role::Operator);
        let leased = world.clients[0]
            .clone()
            .lease_subtasks(caller.asks(LeaseSubtasksRequest { count: 2, ..Default::default() }))
            .await;
        leased.map(|leased| leased.into_inner().leases.len()).ok()
    };
    assert_eq!((held(ada).await, held(eve).await), (Some(2), Some(0)));
    let occurred_at = Some(timestamp(world.clock.now()));
    world.publish_of_users(&[UserDeleted { user_id: ada.to_string(), version: 3, occurred_at }]).await;
    until("Ada's images", async || (held(eve).await == Some(2)).then_some(())).await;
    assert_eq!(held(ada).await, None);
}
