//! Users who were deleted are told nothing any more, and nothing of what they were told is left.

use labelmesh_testkit::until;

use crate::{
    receiver::{Owner, Receiver},
    support::World,
};

/// How many rows of a user there are, in all tables that have any.
const LEFT: &str = "SELECT (SELECT count(*) FROM notification WHERE user_id = '{}')
    + (SELECT count(*) FROM webhook WHERE owner_id = '{}') + (SELECT count(*) FROM inbox WHERE user_id = '{}')
    + (SELECT count(*) FROM muted WHERE user_id = '{}') + (SELECT count(*) FROM sign_in WHERE user_id = '{}')
    + (SELECT count(*) FROM sign_in_origin WHERE user_id = '{}')";

#[tokio::test]
async fn nothing_is_left_of_who_was_deleted_and_nothing_comes_later() {
    let world = World::new().await;
    let notify = (world.start().await, world.start().await);
    let receiver = Receiver::start().await;
    let (ada, bela) = (world.user("Ada"), world.user("Bela"));
    let owner = Owner::of(&world, &notify.0, ada).await;
    owner.create(&receiver.url("/hook")).await.expect("a webhook");
    world.publish_logins(&[world.login(ada), world.login(bela)]).await;
    let completed = world.completion(ada, "Cats");
    world.publish_completions(std::slice::from_ref(&completed)).await;
    receiver.wait_for("/hook", 1).await;
    world.wait_for_deliveries(&[("sent", 0); 3]).await;
    let left = async |user: &str| world.count(&LEFT.replace("{}", user)).await;
    assert!(left(&ada.to_string()).await >= 6);

    for _ in 0..2 {
        world.publish_leaving(ada).await;
        until("the end of all", async || (left(&ada.to_string()).await == 0).then_some(())).await;
    }
    assert_eq!(world.deliveries().await, [("sent".to_owned(), 0)], "Bela's");
    assert_eq!(world.count("SELECT count(*) FROM webhook_delivery").await, 0);

    // What happened before and is heard after: nobody is told. What is heard behind it was.
    world.publish_logins(&[world.login(ada), world.login(world.user("Carl"))]).await;
    world.publish_completions(&[completed, world.completion(bela, "Dogs")]).await;
    world.wait_for_deliveries(&[("sent", 0); 3]).await;
    assert_eq!(left(&ada.to_string()).await, 0);
    let refused = owner.create(&receiver.url("/hook")).await.expect_err("too late");
    assert_eq!(refused.code(), tonic::Code::NotFound);
    assert_eq!(world.broker.dead_letters().await, 0);
}

#[tokio::test]
async fn a_deletion_may_be_heard_before_everything_else() {
    let world = World::new().await;
    let _notify = world.start().await;
    let (ada, bela) = (world.user("Ada"), world.user("Bela"));
    world.publish_leaving(ada).await;
    until("the tombstone", async || (world.count("SELECT count(*) FROM deleted_user").await == 1).then_some(())).await;
    world.publish_logins(&[world.login(ada), world.login(bela)]).await;
    world.publish_pauses(&[world.pause(ada, "Cats")]).await;
    assert_eq!(world.mails(1).await[0].to, ["bela@users.test"]);
    assert_eq!(world.count(&LEFT.replace("{}", &ada.to_string())).await, 0);

    // It is known for as long as anything may still be told.
    world.clock.advance(chrono::TimeDelta::days(31));
    world.publish_leaving(bela).await;
    until("the new tombstone alone", async || {
        let of_bela = format!("SELECT count(*) FILTER (WHERE user_id = '{bela}') - count(*) + 1 FROM deleted_user");
        (world.count(&of_bela).await == 1).then_some(())
    })
    .await;
}
