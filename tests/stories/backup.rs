//! A backup that is taken while people work, and a system that begins from it beside an empty broker.

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use labelmesh_cluster::{Cluster, Durability, Settings, backup};
use labelmesh_sdk::{Client, Role};
use tokio::sync::oneshot;

use crate::{
    labor::{self, Tally},
    people::{PASSWORD, draft, images, open_task, person, picture, stranger, submit},
};

const IMAGES: u32 = 24;
const NAMES: [&str; 4] = ["ada", "bela", "chidi", "dana"];

/// Two replicas of each service on data in a folder, which PostgreSQL keeps so that it can be copied while it runs.
async fn system(data: &std::path::Path) -> Result<Cluster> {
    let settings = Settings { data: Some(data.to_owned()), durability: Durability::Full, ..Settings::for_tests()? };
    Cluster::start(settings).await
}

async fn again(cluster: &Cluster, name: &str) -> Result<Client> {
    Ok(stranger(cluster.gateway())?.sign_in(&format!("{name}@labelmesh.example"), PASSWORD).await?)
}

/// Uploads pictures to a draft until it is told to end; returns how many were acknowledged.
async fn uploads(client: &Client, draft: &str, mut end: oneshot::Receiver<()>) -> Result<u32> {
    let mut taken = 0;
    while end.try_recv().is_err() {
        client.upload_files(draft, &[picture(1_000 + taken)]).await?;
        taken += 1;
    }
    Ok(taken)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_backup_is_in_it_and_what_was_in_flight_goes_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (first, copy, second) = (folder.path().join("first"), folder.path().join("copy"), folder.path().join("second"));
    let cluster = system(&first).await?;
    let client = person(&cluster, "client", Role::Client).await?;
    let operators = try_join_all(NAMES.map(|name| person(&cluster, name, Role::Operator))).await?;
    let open = open_task(&client, "Before and after", 3, IMAGES).await?;
    let drawn = draft(&client, "Still a draft", 1).await?;
    client.upload_files(&drawn, &[picture(999)]).await?;

    // Some images are decided; the broker is gone before all that was said of them is told.
    let mut diaries = labor::begin(&operators, &client, &open, 8).await?;
    cluster.kill_nats().await?;
    diaries.extend(labor::begin(&operators[..2], &client, &open, 4).await?);
    // People go on while it is copied.
    let (end, ended) = oneshot::channel();
    let copied = async {
        let copied = cluster.back_up(&copy).await;
        let _ = end.send(());
        copied
    };
    let (taken, copied) = tokio::join!(uploads(&client, &drawn, ended), copied);
    copied?;
    ensure!(taken? > 0, "nobody has uploaded anything meanwhile");
    drop(cluster);

    backup::restore(&copy, &second)?;
    let refused = backup::restore(&copy, &second).expect_err("it has data");
    ensure!(refused.to_string().contains("has data already"), "{refused:#}");
    let cluster = system(&second).await?;
    let client = again(&cluster, "client").await?;
    let operators = try_join_all(NAMES.map(|name| again(&cluster, name))).await?;
    let tally = Tally::default();
    diaries.extend(labor::label(&operators, &client, &open, &tally).await?);
    labor::nothing_is_lost(&cluster, &client, &open, IMAGES as usize, &diaries).await?;
    // Every image that has a row has its picture: operators see all of them.
    let there = images(&client, &drawn).await?.len();
    ensure!(there > 0, "nothing of the draft is there");
    submit(&client, &drawn).await?;
    let diaries = labor::label(&operators, &client, &drawn, &tally).await?;
    labor::nothing_is_lost(&cluster, &client, &drawn, there, &diaries).await
}
