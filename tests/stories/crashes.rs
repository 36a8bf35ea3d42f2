//! kill -9 in the middle of work: what was acknowledged is kept, and the work comes to its end.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{
    Client, File, Role,
    tasks::{DeleteTaskRequest, UploadOutcome},
};
use labelmesh_testkit::try_until;
use sqlx::{Connection as _, PgConnection};

use crate::{
    labor::{self, Tally},
    people::{draft, images, open_task, person, picture, submit, system},
};

const IMAGES: u32 = 60;

async fn crew(cluster: &Cluster) -> Result<(Client, Vec<Client>)> {
    let client = person(cluster, "client", Role::Client).await?;
    let names = ["ada", "bela", "chidi", "dana"];
    let operators = try_join_all(names.map(|name| person(cluster, name, Role::Operator))).await?;
    Ok((client, operators))
}

/// Labels a task and breaks something once 40 votes were acknowledged.
async fn labeling_survives<F: Future<Output = Result<()>>>(
    cluster: &Cluster,
    trouble: impl FnOnce() -> F,
) -> Result<()> {
    let (client, operators) = crew(cluster).await?;
    let task = open_task(&client, "Through trouble", 3, IMAGES).await?;
    let tally = Tally::default();
    let broken = async {
        tally.reach(40).await?;
        trouble().await
    };
    let (diaries, broken) = tokio::join!(labor::label(&operators, &client, &task, &tally), broken);
    broken?;
    labor::nothing_is_lost(cluster, &client, &task, IMAGES as usize, &diaries?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_subtasks_replica_loses_no_vote() -> Result<()> {
    let cluster = system().await?;
    labeling_survives(&cluster, || async {
        cluster.kill(Service::Subtasks, 0).await;
        cluster.restart(Service::Subtasks, 0).await?;
        cluster.kill(Service::Subtasks, 1).await;
        cluster.restart(Service::Subtasks, 1).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_killed_is_named_and_started_again() -> Result<()> {
    let cluster = system().await?;
    assert_eq!(cluster.revive().await, [""; 0]);
    cluster.kill(Service::Subtasks, 0).await;
    let said = cluster.revive().await;
    let address = &cluster.addresses(Service::Subtasks).await[0];
    ensure!(said.len() == 1 && said[0].starts_with(&format!("subtasks at {address} ended (signal: 9")), "{said:?}");
    cluster.ready(Service::Subtasks, 0).await?;
    assert_eq!(cluster.revive().await, [""; 0]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_servers_are_named_and_started_again() -> Result<()> {
    let cluster = system().await?;
    labeling_survives(&cluster, || async {
        for process in cluster.server_processes().await {
            // As somebody else would, behind the back of the launcher.
            let killed = Command::new("kill").args(["-9", &process.to_string()]).status()?;
            ensure!(killed.success(), "kill -9 {process}");
        }
        let mut said = try_until("both servers to be started again", async || {
            let said = cluster.revive().await;
            Ok((!said.is_empty()).then_some(said))
        })
        .await?;
        said.extend(cluster.revive().await);
        said.sort();
        for (said, name) in said.iter().zip(["NATS", "PostgreSQL"]) {
            ensure!(said.starts_with(&format!("{name} ended (signal: 9 (SIGKILL)) and was started again")), "{said}");
        }
        ensure!(said.len() == 2 && cluster.server_processes().await.len() == 2, "{said:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_loses_no_vote() -> Result<()> {
    let cluster = system().await?;
    labeling_survives(&cluster, || cluster.crash_postgres()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_loses_no_event() -> Result<()> {
    let cluster = system().await?;
    labeling_survives(&cluster, || cluster.crash_nats()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_tasks_replicas_lose_no_upload() -> Result<()> {
    let cluster = system().await?;
    let client = person(&cluster, "client", Role::Client).await?;
    let task = draft(&client, "Uploads", 1).await?;
    let files: Vec<File> = (0..200).map(picture).collect();
    let (done, moved) = (AtomicUsize::new(0), tokio::sync::Notify::new());
    let uploads = async {
        let mut acknowledged = BTreeMap::new();
        // Four at once, each of a few files, as a client's program would.
        for round in files.chunks(40) {
            let batches = round.chunks(10).map(|batch| client.upload_files(&task, batch));
            for outcome in try_join_all(batches).await?.into_iter().flatten() {
                ensure!(outcome.outcome() != UploadOutcome::Refused, "{outcome:?}");
                acknowledged.insert(outcome.name, outcome.image_id);
            }
            done.fetch_add(round.len(), Ordering::SeqCst);
            moved.notify_one();
        }
        Ok(acknowledged)
    };
    let trouble = async {
        for (replica, after) in [(0, 40), (1, 80)] {
            while done.load(Ordering::SeqCst) < after {
                moved.notified().await;
            }
            cluster.kill(Service::Tasks, replica).await;
            cluster.restart(Service::Tasks, replica).await?;
        }
        anyhow::Ok(())
    };
    let (acknowledged, trouble) = tokio::join!(uploads, trouble);
    trouble?;
    let acknowledged: BTreeMap<String, String> = acknowledged?;
    let images = images(&client, &task).await?;
    assert_eq!(images.len(), 200, "an image is there twice or missing");
    let there: BTreeMap<_, _> = images.into_iter().map(|image| (image.name, image.image_id)).collect();
    assert_eq!(there, acknowledged);

    // The bytes are there too: an operator gets every one of them.
    submit(&client, &task).await?;
    let operator = person(&cluster, "operator", Role::Operator).await?;
    let diaries = labor::label(std::slice::from_ref(&operator), &client, &task, &Tally::default()).await?;
    labor::nothing_is_lost(&cluster, &client, &task, 200, &diaries).await
}

/// The names of the objects with images that there are in a folder of the S3 server: the hashes of their bytes.
fn objects(folder: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(objects(&path)?);
        } else if path.parent().is_some_and(|folder| folder.ends_with("images")) {
            found.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_tasks_replicas_remove_all_that_was_deleted_and_nothing_else() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut settings = Settings::for_tests()?;
    settings.data = Some(folder.path().to_owned());
    settings.environment.push(("TASKS__IMAGES__UNUSED_FOR".to_owned(), "0s".to_owned()));
    let cluster = Cluster::start(settings).await?;
    let client = person(&cluster, "client", Role::Client).await?;
    let [deleted, kept] = [draft(&client, "Deleted", 1).await?, draft(&client, "Kept", 1).await?];
    for (task, pictures) in [(&deleted, 0..150), (&kept, 100..190)] {
        let files: Vec<File> = pictures.map(picture).collect();
        for outcome in client.upload_files(task, &files).await? {
            ensure!(outcome.outcome() != UploadOutcome::Refused, "{outcome:?}");
        }
    }
    let shared: BTreeSet<String> = images(&client, &kept).await?.into_iter().map(|image| image.sha256).collect();
    ensure!(objects(folder.path())?.len() == 190 && shared.len() == 90, "each picture is an object");
    client.delete_task(DeleteTaskRequest { task_id: deleted.clone() }).await?;
    let mut db = PgConnection::connect(&cluster.database_url(Service::Tasks)).await?;
    // Whoever removes is killed again and again: between the rows and the objects, too.
    for replica in [0, 1, 0, 1] {
        let before = objects(folder.path())?.len();
        try_until("something to be removed, or nothing left to", async || {
            let now = objects(folder.path())?.len();
            Ok((now < before || now == 90).then_some(()))
        })
        .await?;
        cluster.kill(Service::Tasks, replica).await;
        // What the dead had begun is taken over when they can't have a request under way any more: two minutes later,
        // which nobody waits for here.
        let later = "UPDATE unused_content SET since = since - interval '1 day' WHERE state = 'going'";
        sqlx::query(later).execute(&mut db).await?;
        cluster.restart(Service::Tasks, replica).await?;
    }
    try_until("all objects of the deleted task alone to be gone", async || {
        Ok((objects(folder.path())? == shared).then_some(()))
    })
    .await?;
    // What was kept can be labeled to its end.
    submit(&client, &kept).await?;
    let operator = person(&cluster, "operator", Role::Operator).await?;
    let diaries = labor::label(std::slice::from_ref(&operator), &client, &kept, &Tally::default()).await?;
    labor::nothing_is_lost(&cluster, &client, &kept, 90, &diaries).await?;
    assert_eq!(objects(folder.path())?, shared);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_drains_hands_over_without_an_error() -> Result<()> {
    let cluster = system().await?;
    labeling_survives(&cluster, || async {
        for service in
            [Service::Subtasks, Service::Tasks, Service::Auth, Service::Users, Service::Notify, Service::Renditions]
        {
            ensure!(cluster.drain(service, 1).await, "{service} does not end");
            cluster.restart(service, 1).await.with_context(|| format!("restart {service}"))?;
        }
        Ok(())
    })
    .await
}
