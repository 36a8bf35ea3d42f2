//! The broker's store is lost, wholly or its end: it is filled again.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use labelmesh_proto::tasks::v1::TaskOpened;
use labelmesh_servers::{Nats, Tools};
use prost::Message as _;

use crate::fixture::{System, number};

async fn nats_in(folder: &Path) -> Nats {
    Nats::start(&Tools::locate(), Some(folder.to_owned())).await.expect("NATS starts")
}

fn all(count: i64) -> Vec<i64> {
    (0..count).collect()
}

#[tokio::test]
async fn a_lost_store_is_filled_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut nats = nats_in(folder.path()).await;
    let system = System::start_on(None, Some(&nats)).await;
    system.open_tasks(0..1_500).await;
    system.start_relay();
    system.start_counting("before");
    system.until_counted(1_500).await;

    nats.kill().await.expect("our own server");
    fs::remove_dir_all(folder.path().join("store")).expect("the store is there");
    nats.restart().await.expect("it comes back, empty");

    // One who comes later sees everything; one who was there before applies nothing twice.
    system.start_counting("after");
    system.until_counted(3_000).await;
    system.open_tasks(1_500..1_501).await;
    system.until_counted(3_002).await;
    let mut expected: Vec<i64> = all(1_501).into_iter().chain(all(1_501)).collect();
    expected.sort_unstable();
    assert_eq!(system.counted().await.expect("an answer"), expected);
    assert_eq!(system.messages("tasks").await.len(), 1_501);
}

#[tokio::test]
async fn a_lost_tail_is_published_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut nats = nats_in(folder.path()).await;
    let system = System::start_on(None, Some(&nats)).await;
    system.open_tasks(0..10).await;
    system.relay().publish_all().await.expect("a broker");
    nats.stop().await.expect("our own server");
    let (store, copy) = (folder.path().join("store"), folder.path().join("copy"));
    copy_folder(&store, &copy);

    nats.restart().await.expect("it comes back");
    system.open_tasks(10..20).await;
    let relay = system.relay();
    while relay.publish_all().await.is_err() {}
    assert_eq!(system.messages("tasks").await.len(), 20);

    nats.kill().await.expect("our own server");
    fs::remove_dir_all(&store).expect("the store is there");
    fs::rename(&copy, &store).expect("an older store takes its place");
    nats.restart().await.expect("it comes back, as it was");
    assert_eq!(system.messages("tasks").await.len(), 10);
    system.start_relay();
    system.start_counting("tail");
    system.until_counted(20).await;
    assert_eq!(system.counted().await.expect("an answer"), all(20));
}

#[tokio::test]
async fn a_stream_that_was_emptied_by_hand_is_filled_again_behind_what_is_new() {
    let system = System::start().await;
    let relay = system.relay();
    system.open_tasks(0..1_500).await;
    relay.publish_all().await.expect("a broker");
    system.purge("tasks", 0).await;
    assert_eq!(system.messages("tasks").await.len(), 0);
    system.open_tasks(1_500..1_501).await;
    relay.publish_all().await.expect("a broker");
    let messages = system.messages("tasks").await;
    let tasks: Vec<i64> =
        messages.iter().map(|message| number(&TaskOpened::decode(message.payload.clone()).expect("one"))).collect();
    assert_eq!(tasks[0], 1_500, "what is new comes first");
    assert_eq!(tasks.len(), 1_501);

    // A part of it; and nothing is published again of what is there.
    system.purge("tasks", 1_000).await;
    assert_eq!(relay.publish_all().await.expect("a broker"), 501);
    assert_eq!(system.messages("tasks").await.len(), 1_501);
    system.start_counting("afterwards");
    system.until_counted(1_501).await;
    assert_eq!(relay.publish_all().await.expect("a broker"), 0);

    // What is old enough leaves by itself.
    system.clock.advance(TimeDelta::days(7));
    system.purge("tasks", 0).await;
    assert_eq!(relay.publish_all().await.expect("a broker"), 0);
}

#[tokio::test]
async fn a_consumer_that_was_deleted_by_hand_is_made_again_and_misses_nothing() {
    let system = System::start().await;
    system.start_relay();
    system.start_counting("counter");
    system.open_tasks(0..10).await;
    system.until_counted(10).await;
    system.delete_consumer("tasks", "counter").await;
    system.open_tasks(10..20).await;
    system.until_counted(20).await;
    assert_eq!(system.counted().await.expect("an answer"), all(20));
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
