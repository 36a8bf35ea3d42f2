//! From the table to the mail server, whatever happens on the way.

use std::collections::HashSet;

use chrono::TimeDelta;
use labelmesh_testkit::{Mood, until};
use sqlx::Connection as _;

use crate::support::World;

#[tokio::test]
async fn what_piles_up_while_the_mail_server_is_away_is_sent_when_it_is_back() {
    let mut world = World::new().await;
    let ada = world.user("Ada");
    world.mail.stop().await;
    let _notify = world.start().await;
    let completions: Vec<_> = (0..20).map(|_| world.completion(ada, "Cats")).collect();
    world.publish_completions(&completions).await;
    world.wait_for_deliveries(&[("pending", 0); 20]).await;

    world.mail.restart().await.expect("the mail server comes back");

    // Nothing was counted against any of them.
    world.wait_for_deliveries(&[("sent", 0); 20]).await;
    world.mails(20).await;
}

#[tokio::test]
async fn what_is_put_off_comes_later_and_is_given_up_in_the_end() {
    let world = World::new().await;
    let ada = world.user("Ada");
    world.mail.set_mood(Mood::Refuse);
    let _notify = world.start().await;
    world.publish_completions(&[world.completion(ada, "Cats")]).await;
    world.wait_for_deliveries(&[("pending", 1)]).await;

    world.clock.advance(TimeDelta::seconds(30));
    world.wait_for_deliveries(&[("pending", 2)]).await;
    world.mail.set_mood(Mood::Accept);
    world.clock.advance(TimeDelta::seconds(60));
    world.wait_for_deliveries(&[("sent", 2)]).await;

    world.mail.set_mood(Mood::Refuse);
    world.publish_completions(&[world.completion(ada, "Cats")]).await;
    world.wait_for_deliveries(&[("pending", 1), ("sent", 2)]).await;
    world.clock.advance(TimeDelta::days(5));
    world.wait_for_deliveries(&[("failed", 1), ("sent", 2)]).await;
    world.mails(1).await;
}

#[tokio::test]
async fn what_is_refused_for_good_fails_at_once() {
    let world = World::new().await;
    let ada = world.user("Ada");
    world.mail.set_mood(Mood::Reject);
    let _notify = world.start().await;

    world.publish_completions(&[world.completion(ada, "Cats")]).await;

    world.wait_for_deliveries(&[("failed", 0)]).await;
    let error: String =
        sqlx::query_scalar("SELECT last_error FROM delivery").fetch_one(&world.pool).await.expect("a row");
    assert_eq!(error, "refused for good: reply 550");
}

#[tokio::test]
async fn the_mail_of_a_user_who_no_longer_exists_is_dropped() {
    let world = World::new().await;
    let _notify = world.start().await;

    world.publish_completions(&[world.completion(world.identities.new_user(), "Cats")]).await;

    world.wait_for_deliveries(&[("dropped", 0)]).await;
    assert!(world.mail.messages().is_empty());
}

#[tokio::test]
async fn mails_wait_for_users_to_come_back() {
    let world = World::new().await;
    let ada = world.user("Ada");
    world.users.set_away(true);
    let _notify = world.start().await;
    world.publish_completions(&[world.completion(ada, "Cats")]).await;
    world.wait_for_deliveries(&[("pending", 0)]).await;

    world.users.set_away(false);

    world.wait_for_deliveries(&[("sent", 0)]).await;
    world.mails(1).await;
}

/// The replica dies after the mail server has taken the mail, and before it could write that down.
#[test]
fn a_replica_killed_in_mid_send_loses_no_mail_and_the_second_copy_is_recognisable() {
    let survivor = tokio::runtime::Runtime::new().expect("a runtime");
    let victim = tokio::runtime::Runtime::new().expect("a runtime");
    survivor.block_on(async {
        let world = World::new().await;
        let ada = world.user("Ada");
        world.mail.set_mood(Mood::Stall);
        let config = world.config();
        let surroundings = labelmesh_service::Surroundings { clock: world.clock.clone(), random: world.random.clone() };
        let killed = victim.spawn(async move {
            let handle = notify::start(config, surroundings).await.expect("notify starts");
            std::mem::forget(handle);
        });
        killed.await.expect("a task");
        world.publish_completions(&[world.completion(ada, "Cats")]).await;
        wait_for_claim(&world).await;

        // Whoever wants to write down what became of the mail must wait for this lock.
        let mut checker = sqlx::PgConnection::connect(world.database.superuser_url()).await.expect("a connection");
        let mut lock = checker.begin().await.expect("a transaction");
        sqlx::query("SELECT 1 FROM delivery FOR UPDATE").execute(&mut *lock).await.expect("a lock");
        world.mail.set_mood(Mood::Accept);
        let first = world.mails(1).await;
        victim.shutdown_background();
        // PostgreSQL does not notice at once that nobody waits any more.
        let dead = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND wait_event_type = 'Lock'";
        sqlx::query(dead).execute(&mut *lock).await.expect("a statement");
        lock.rollback().await.expect("the lock is gone");
        assert_eq!(world.deliveries().await, [("pending".to_owned(), 0)]);

        let _notify = world.start().await;
        world.clock.advance(TimeDelta::seconds(61));
        world.wait_for_deliveries(&[("sent", 0)]).await;
        let both = world.mails(2).await;
        let ids: HashSet<_> = both.iter().map(|mail| mail.message_id.clone()).collect();
        assert_eq!(ids.len(), 1, "both copies have the Message-ID of the first, {}", first[0].message_id);
    });
}

async fn wait_for_claim(world: &World) {
    until("a claim of the delivery", async || {
        let claims = sqlx::query_scalar("SELECT claims FROM delivery").fetch_optional(&world.pool).await;
        (claims.expect("the table is read") == Some(1)).then_some(())
    })
    .await;
}
