//! Clients take turns: who has much leaves room for who has little.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use futures::future::join_all;
use labelmesh_clock::Random;
use labelmesh_events::Bus;
use labelmesh_proto::renditions::v1::{JobFinished, Made, Rendition, Spec, TransformationState, job_finished};
use labelmesh_testkit::until;

use crate::harness::{Client, Harness, crop, resize};

/// Lines of which more is in the queue than may be.
fn overfull(at_once: u32) -> String {
    format!(
        "SELECT count(*) FROM (SELECT FROM job WHERE state = 'open' AND owner_id IS NOT NULL
             GROUP BY owner_id, kind HAVING count(*) > {at_once}) AS line"
    )
}

/// Lines in which some wait although there is room in the queue.
fn halted(at_once: u32) -> String {
    format!(
        "SELECT count(*) FROM (SELECT FROM job WHERE ended_at IS NULL AND owner_id IS NOT NULL GROUP BY owner_id, kind
             HAVING count(*) FILTER (WHERE state = 'waiting') > 0
                AND count(*) FILTER (WHERE state = 'open') < {at_once}) AS line"
    )
}

/// With so many jobs of one client and one kind in the queue at a time.
async fn with_turns(at_once: u32) -> Harness {
    Harness::with(|config, _| config.turns.at_once = NonZeroU32::new(at_once).expect("some")).await
}

/// Different parts of a picture.
fn parts(count: u32) -> Vec<Spec> {
    (0..count).map(|number| crop(1 + number % 100, 1 + number / 100)).collect()
}

/// Asks for all of these pictures of a source, a batch at a time.
async fn ask_for_all(client: &Client, source: &str, specs: Vec<Spec>) {
    for batch in specs.chunks(500) {
        let items = batch.iter().map(|spec| (source, spec.clone())).collect();
        client.create_all(items, "").await.expect("created");
    }
}

#[tokio::test]
async fn who_asks_for_three_pictures_does_not_wait_for_a_thousand_of_another() {
    let harness = Harness::start().await;
    let (large, small) = (harness.client(), harness.client());
    let (one, other) = (large.source(1).await, small.source(2).await);
    ask_for_all(&large, &one, parts(1_000)).await;
    assert_eq!(harness.told().await, 64, "the others wait");
    let mut few = Vec::new();
    for spec in parts(3) {
        few.push(small.create(&other, spec).await.expect("created").transformation_id);
    }
    assert_eq!(harness.told().await, 67);
    let _worker = harness.worker().await;
    for id in &few {
        assert_eq!(small.ended(id).await.state(), TransformationState::Succeeded);
    }
    let ended = "SELECT count(*) FROM transformation WHERE ended_at IS NOT NULL AND owner_id = ";
    let made = harness.number(&format!("{ended} '{}'", large.user_id)).await;
    assert!(made < 200, "{made} of the other client's were made before");
    // Each kind has a line of its own.
    let resized = large.create(&one, resize(8)).await.expect("created");
    assert_eq!(large.ended(&resized.transformation_id).await.state(), TransformationState::Succeeded);
    assert_eq!(harness.number(&overfull(64)).await, 0);
}

#[tokio::test]
async fn what_waits_and_nobody_wants_any_more_leaves_its_line_and_is_queued_when_it_is_asked_for_again() {
    let harness = with_turns(1).await;
    let client = harness.client();
    let source = client.source(1).await;
    let mut ids = Vec::new();
    for spec in parts(3) {
        ids.push(client.create(&source, spec).await.expect("created").transformation_id);
    }
    let twice = client.create(&source, parts(3).remove(1)).await.expect("created").transformation_id;
    for id in [&ids[1], &ids[2]] {
        client.cancel(id).await.expect("cancelled");
    }
    assert_eq!(harness.number("SELECT count(*) FROM job WHERE state = 'waiting'").await, 1, "one is wanted still");
    assert_eq!(harness.told().await, 1);
    let again = client.create(&source, parts(3).remove(2)).await.expect("created");
    assert_eq!(again.state(), TransformationState::Queued);
    let _worker = harness.worker().await;
    for id in [&ids[0], &twice, &again.transformation_id] {
        assert_eq!(client.ended(id).await.state(), TransformationState::Succeeded);
    }
    assert_eq!(harness.told().await, 3, "each was queued once");
}

#[tokio::test]
async fn what_waits_of_a_client_who_leaves_is_handed_on_to_who_wants_the_same() {
    let harness = with_turns(1).await;
    let (client, neighbour) = (harness.client(), harness.client());
    let source = client.source(1).await;
    neighbour.source(1).await;
    ask_for_all(&client, &source, parts(4)).await;
    let waiting =
        harness.text("SELECT spec->'crop'->'cut'->'percent'->>0 FROM job WHERE state = 'waiting' LIMIT 1").await;
    let wanted = crop(waiting.parse().expect("a share"), 1);
    let theirs = neighbour.create(&source, wanted).await.expect("created").transformation_id;
    assert_eq!(harness.told().await, 1, "it is the other's");
    harness.publish_leaving(client.user_id).await;
    until("the neighbour's turn", async || (harness.told().await == 2).then_some(())).await;
    harness.none_left("SELECT count(*) FROM job WHERE state = 'waiting'").await;
    harness.none_left(&format!("SELECT count(*) FROM job WHERE owner_id = '{}'", client.user_id)).await;
    let _worker = harness.worker().await;
    assert_eq!(neighbour.ended(&theirs).await.state(), TransformationState::Succeeded);
}

#[tokio::test]
async fn more_room_is_taken_and_less_is_waited_for() {
    let harness = with_turns(1).await;
    let client = harness.client();
    let source = client.source(1).await;
    ask_for_all(&client, &source, parts(5)).await;
    let harness = harness.restart(|config| config.turns.at_once = NonZeroU32::new(3).expect("some")).await;
    until("the room to be taken", async || (harness.told().await == 3).then_some(())).await;
    let harness = harness.restart(|config| config.turns.at_once = NonZeroU32::new(2).expect("some")).await;
    let client = harness.again(&client);
    ask_for_all(&client, &source, vec![crop(100, 100)]).await;
    assert_eq!(harness.told().await, 3, "there is no room at all");
    let _worker = harness.worker().await;
    harness.none_left("SELECT count(*) FROM transformation WHERE ended_at IS NULL").await;
    assert_eq!(harness.told().await, 6);
}

#[tokio::test]
async fn what_nobody_makes_is_given_up_and_so_is_what_waits_for_it() {
    let harness = with_turns(1).await;
    let client = harness.client();
    let source = client.source(1).await;
    ask_for_all(&client, &source, parts(3)).await;
    harness.clock.advance(TimeDelta::hours(25));
    until("the next to be queued", async || (harness.told().await == 2).then_some(())).await;
    harness.clock.advance(TimeDelta::days(7));
    harness.none_left("SELECT count(*) FROM transformation WHERE ended_at IS NULL").await;
    let given_up = "SELECT count(*) FROM transformation WHERE failure_reason = 'WORKER_LOST'";
    assert_eq!(harness.number(given_up).await, 3);
}

/// Tells the service as a worker does that a job has ended, in one of both ways.
async fn finish(worker: &Bus, key: String, run: u32, made: bool) {
    let rendition = Rendition { width: 1, height: 1, media_type: "image/png".to_owned(), ..Rendition::default() };
    let outcome = match made {
        true => job_finished::Outcome::Made(Made { renditions: vec![rendition] }),
        false => job_finished::Outcome::Failure(labelmesh_errors::Error::not_found("picture").into()),
    };
    let finished = JobFinished { key, run, outcome: Some(outcome), occurred_at: None };
    worker.publish(&finished).await.expect("told");
}

/// Does one thing that somebody may do, by chance.
async fn something(harness: &Harness, clients: &[Client], source: &str, worker: &Bus, random: &Random) {
    let [what, who, size, ..]: [u8; 8] = random.bytes();
    let client = &clients[usize::from(who) % clients.len()];
    let spec = if size % 5 == 0 { resize(1 + u32::from(size) % 8) } else { crop(1 + u32::from(size) % 12, 1) };
    match what % 8 {
        0 | 1 => ask_for_all(client, source, vec![spec]).await,
        2 => ask_for_all(client, source, (1..=6).map(|share| crop(share, 1 + u32::from(size) % 3)).collect()).await,
        3 => {
            let open = "SELECT id::text FROM transformation WHERE ended_at IS NULL AND owner_id = ";
            let one = format!("{open} '{}' OFFSET {} LIMIT 1", client.user_id, size % 7);
            for id in harness.texts(&one).await {
                // It may have ended meanwhile.
                let _ = client.cancel(&id).await;
            }
        }
        _ => {
            let queued = "SELECT encode(key, 'hex') || ' ' || run FROM job WHERE state = 'open' ORDER BY key";
            for one in harness.texts(&format!("{queued} OFFSET {} LIMIT 1", size % 4)).await {
                let (key, run) = one.split_once(' ').expect("a key and a run");
                finish(worker, key.to_owned(), run.parse().expect("a run"), size % 3 > 0).await;
            }
        }
    }
}

#[tokio::test]
async fn whatever_is_asked_for_cancelled_and_ended_in_whatever_order_nothing_waits_while_there_is_room() {
    const AT_ONCE: u32 = 2;
    for seed in 1..=3 {
        let mut harness = with_turns(AT_ONCE).await;
        let random = Random::seeded(seed);
        let mut clients: Vec<Client> = (0..3).map(|_| harness.client()).collect();
        let mut source = String::new();
        for client in &clients {
            source = client.source(1).await;
        }
        let worker = harness.broker.bus_of("renditions", harness.clock.clone()).await;
        for step in 1..=60 {
            join_all((0..4).map(|_| something(&harness, &clients, &source, &worker, &random))).await;
            assert_eq!(harness.number(&overfull(AT_ONCE)).await, 0, "seed {seed}, step {step}");
            assert_eq!(harness.number(&halted(AT_ONCE)).await, 0, "seed {seed}, step {step}");
            if step % 20 == 0 {
                harness = harness.restart(|_| {}).await;
                clients = clients.iter().map(|client| harness.again(client)).collect();
            }
        }
        until("all to end", async || {
            let queued = "SELECT encode(key, 'hex') || ' ' || run FROM job WHERE state = 'open'";
            for one in harness.texts(queued).await {
                let (key, run) = one.split_once(' ').expect("a key and a run");
                finish(&worker, key.to_owned(), run.parse().expect("a run"), true).await;
            }
            (harness.number("SELECT count(*) FROM transformation WHERE ended_at IS NULL").await == 0).then_some(())
        })
        .await;
        harness.none_left("SELECT count(*) FROM job WHERE ended_at IS NULL AND state = 'waiting'").await;
    }
}
