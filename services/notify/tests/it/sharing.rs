//! Replicas share the work.

use std::collections::{HashMap, HashSet};

use crate::support::World;

#[tokio::test]
async fn three_replicas_and_three_hundred_tasks_make_three_hundred_mails_from_all_of_them() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let mut replicas = Vec::new();
    for number in 0..3 {
        let mut config = world.config();
        // The sender tells which replica sent a mail.
        config.smtp.from = format!("replica-{number}@labelmesh.test");
        config.delivery.concurrency = 4;
        replicas.push(world.start_with(config).await);
    }

    let completions: Vec<_> = (0..300).map(|_| world.completion(ada, "Cats")).collect();
    world.publish_completions(&completions).await;

    world.wait_for_deliveries(&[("sent", 0); 300]).await;
    let mails = world.mails(300).await;
    let mut sent: HashMap<&str, usize> = HashMap::new();
    for mail in &mails {
        *sent.entry(&mail.from).or_default() += 1;
    }
    assert_eq!(sent.len(), 3, "all replicas send: {sent:?}");
    assert!(sent.values().all(|count| *count >= 20), "none of them leaves it to the others: {sent:?}");
    // The part before the @ is the delivery's id.
    let ids: HashSet<_> = mails.iter().filter_map(|mail| mail.message_id.split('@').next()).collect();
    assert_eq!(ids.len(), 300);
}

#[tokio::test]
async fn a_replica_that_stops_finishes_what_it_has_begun_and_leaves_the_rest() {
    let world = World::new().await;
    let ada = world.user("Ada");
    let leaving = world.start().await;
    let completions: Vec<_> = (0..100).map(|_| world.completion(ada, "Cats")).collect();
    world.publish_completions(&completions).await;

    leaving.shutdown().await.expect("it stops in time");
    let _staying = world.start().await;

    world.wait_for_deliveries(&[("sent", 0); 100]).await;
    world.mails(100).await;
}
