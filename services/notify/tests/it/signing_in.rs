//! Sign-ins are told of where they come from somewhere new.

use chrono::TimeDelta;
use labelmesh_ids::UserId;
use labelmesh_proto::auth::v1::LoggedIn;
use labelmesh_testkit::until;

use crate::support::{SOON, World};

/// A sign-in from an address with an agent.
fn login(world: &World, user_id: UserId, address: &str, user_agent: &str) -> LoggedIn {
    LoggedIn { address: address.to_owned(), user_agent: user_agent.to_owned(), ..world.login(user_id) }
}

#[tokio::test]
async fn two_hundred_sign_ins_of_a_script_are_told_once() {
    let world = World::new().await;
    let (ada, bela) = (world.user("Ada"), world.user("Bela"));
    let _notify = world.start().await;

    let logins: Vec<_> = (0..200)
        .map(|number| login(&world, ada, &format!("192.0.2.{number}"), &format!("python-requests/2.{number}")))
        .collect();
    world.publish_logins(&logins).await;
    // One replica applies sign-ins in their order: when this one is told, all others were judged.
    world.publish_logins(&[world.login(bela)]).await;

    let mails = world.mails(2).await;
    assert_eq!(mails[1].to, ["bela@users.test"]);
    world.wait_for_deliveries(&[("sent", 0); 2]).await;
}

#[tokio::test]
async fn a_new_place_and_a_new_program_are_told_an_hour_apart() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = world.start().await;
    judge(&world, login(&world, ada, "192.0.2.7", "curl/8.14"), "first").await;
    assert_eq!(told(&world, 1 + 1).await, ["192.0.2.7"]);

    // Another place is told when the hour is over, and a further one not yet, nor a program.
    judge(&world, login(&world, ada, "198.51.100.7", "curl/8.14"), "second").await;
    judge(&world, login(&world, ada, "203.0.113.7", "curl/8.14"), "third").await;
    world.clock.advance(TimeDelta::minutes(59));
    judge(&world, login(&world, ada, "192.0.2.7", "Mozilla/5.0 Firefox/127.0"), "fourth").await;
    assert_eq!(told(&world, 4 + 1).await, ["192.0.2.7"]);
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(told(&world, 4 + 2).await, ["192.0.2.7", "198.51.100.7"]);

    // What was told is known, and what was passed over is not.
    world.clock.advance(TimeDelta::hours(1));
    judge(&world, login(&world, ada, "198.51.100.9", "curl/9"), "fifth").await;
    judge(&world, login(&world, ada, "203.0.113.9", "curl/9"), "sixth").await;
    assert_eq!(told(&world, 6 + 3).await, ["192.0.2.7", "198.51.100.7", "203.0.113.9"]);
}

/// Returns when a sign-in was judged: one of somebody else, who is told for the first time, comes after it.
async fn judge(world: &World, login: LoggedIn, witness: &str) {
    let other = world.login(world.user(witness));
    world.publish_logins(&[login]).await;
    world.publish_logins(&[other]).await;
    let witness = format!("{witness}@users.test");
    world.mail.wait_until(SOON, |mails| mails.iter().any(|mail| mail.to.contains(&witness))).await;
    settled(world).await;
}

/// Returns when it is written down of every mail that was sent that it was: else it is sent again when the clock is
/// moved and its claim runs out by that.
async fn settled(world: &World) {
    let claimed = "SELECT count(*) FROM delivery WHERE state = 'pending' AND claims > 0";
    until("the end of every claim", async || (world.count(claimed).await == 0).then_some(())).await;
}

/// The addresses that Ada's mails tell of, once there are so many mails to everybody.
async fn told(world: &World, mails: usize) -> Vec<String> {
    let mails = world.mails(mails).await;
    settled(world).await;
    let adas = mails.iter().filter(|mail| mail.to == ["ada@users.test"]);
    let lines = adas.flat_map(|mail| mail.text.lines());
    lines.filter_map(|line| line.trim().strip_prefix("Address:")).map(|address| address.trim().to_owned()).collect()
}

#[tokio::test]
async fn what_one_user_is_known_for_makes_nobody_else_known() {
    let world = World::new().await;
    let (ada, bela) = (world.user("Ada"), world.user("Bela"));
    let _notify = (world.start().await, world.start().await);

    let both = [world.login(ada), world.login(bela), world.login(ada), world.login(bela)];
    world.publish_logins(&both).await;
    world.publish_logins(&both).await;

    world.wait_for_deliveries(&[("sent", 0); 2]).await;
    world.mails(2).await;
}

#[tokio::test]
async fn a_place_where_nobody_was_for_long_is_new_again() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let _notify = world.start().await;
    world.publish_logins(&[world.login(ada)]).await;
    world.mails(1).await;
    let kept = async || {
        let origins = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM sign_in_origin").fetch_one(&world.pool).await;
        origins.expect("the table is read")
    };
    assert_eq!(kept().await, 2);

    world.clock.advance(TimeDelta::days(181));
    world.publish_logins(&[world.login(ada)]).await;

    world.mails(2).await;
    assert_eq!(kept().await, 2);
}
