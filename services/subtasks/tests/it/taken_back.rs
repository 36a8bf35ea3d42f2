//! What is taken out of the hands of who may label no more.

use chrono::TimeDelta;
use labelmesh_identity::Role;
use labelmesh_ids::TaskId;
use labelmesh_proto::{subtasks::v1::LeaseSubtasksRequest, timestamp, users::v1::UserUpdated};
use labelmesh_testkit::until;
use subtasks::app::handing_out::release::take_back;

use crate::{stage::Stage, world::World};

#[tokio::test]
async fn what_somebody_held_goes_to_others_and_what_they_are_handed_later_stays() {
    let stage = Stage::new().await;
    let task = stage.task(3, 1, 1).await;
    let (ada, eve) = (stage.operator(), stage.operator());
    assert_eq!(stage.lease(ada, 3).await.held.len(), 3);
    let blocked_at = stage.app.clock.now();
    take_back(&stage.app, ada.user_id(), blocked_at).await.expect("taken back");
    stage.check().await;
    let held = stage.lease(eve, 2).await.held;
    assert_eq!(held.len(), 2, "{task:?}");

    // Later Ada may label again. The news of before, told once more, takes nothing back.
    stage.pass(TimeDelta::hours(1));
    assert!(!stage.lease(ada, 1).await.held.is_empty());
    take_back(&stage.app, ada.user_id(), blocked_at).await.expect("nothing to take");
    assert_eq!(stage.lease(ada, 1).await.held.len(), 1);
    stage.check().await;
}

#[tokio::test]
async fn users_tells_who_may_label_no_more() {
    let world = World::new().await;
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(4).await;
    world.submit(task, &world.spec(world.identities.new_user(), 4, 1), &images).await;
    let (ada, eve) = (world.identities.new_user(), world.identities.new_user());
    let held = async |user| {
        let caller = world.caller(user, Role::Operator);
        let leased = world.clients[0]
            .clone()
            .lease_subtasks(caller.asks(LeaseSubtasksRequest { count: 4, ..Default::default() }))
            .await;
        leased.expect("leases").into_inner().leases.len()
    };
    let told = |roles: &[Role], blocked| UserUpdated {
        user_id: ada.to_string(),
        version: 2,
        roles: roles.iter().map(|role| i32::from(*role)).collect(),
        blocked,
        occurred_at: Some(timestamp(world.clock.now())),
        unconfirmed: false,
    };
    assert_eq!((held(ada).await, held(eve).await), (4, 0));
    // Another name alone takes nothing back; neither would the next one come without this one.
    world.publish_of_users(&[told(&[Role::Operator], false), told(&[Role::Operator], true)]).await;
    until("Ada's images", async || (held(eve).await == 4).then_some(())).await;
}

#[tokio::test]
async fn who_is_an_operator_no_more_holds_nothing() {
    let world = World::new().await;
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(1).await;
    world.submit(task, &world.spec(world.identities.new_user(), 1, 1), &images).await;
    let ada = world.identities.new_user();
    let lease = world.caller(ada, Role::Operator).asks(LeaseSubtasksRequest { count: 1, ..Default::default() });
    assert_eq!(world.clients[0].clone().lease_subtasks(lease).await.expect("leases").into_inner().leases.len(), 1);
    let told = UserUpdated {
        user_id: ada.to_string(),
        version: 2,
        roles: vec![Role::Client.into()],
        blocked: false,
        occurred_at: Some(timestamp(world.clock.now())),
        unconfirmed: false,
    };
    world.publish_of_users(&[told]).await;
    until("the end of the lease", async || {
        let leased = "SELECT count(*) FROM assignment WHERE state = 'leased'";
        let leased: i64 = sqlx::query_scalar(leased).fetch_one(&world.pool).await.expect("a number");
        (leased == 0).then_some(())
    })
    .await;
}
