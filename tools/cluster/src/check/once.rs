//! A call that changes something and is not answered in time changes it once, whoever tries it again on the way.

use std::{process::Stdio, time::Duration};

use anyhow::{Context as _, ensure};
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Role,
    tasks::{CreateTaskRequest, ListTasksRequest, Policy},
};
use tokio::time::{Instant, sleep};

use super::people;
use crate::{command::output, deploy, kubectl::Kubectl, layout::Layout};

/// Longer than the contract lets the call take, five seconds.
const HELD: Duration = Duration::from_secs(12);
const PATIENCE: Duration = Duration::from_secs(30);
const PULSE: Duration = Duration::from_millis(100);
/// Not what an id is made of elsewhere: the same for every try.
const REQUEST_ID: &str = "01890000-0000-7000-8000-0000000000ce";

/// Makes a task while its table is held, and again when it is free.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let client = people::impatient(layout, "once", Role::Client).await?;
    let task = CreateTaskRequest {
        title: "Once".to_owned(),
        labels: ["cat", "dog"].map(str::to_owned).into(),
        policy: Some(Policy { redundancy: 1, ..Policy::default() }),
        request_id: REQUEST_ID.to_owned(),
        ..CreateTaskRequest::default()
    };
    let sql = format!("BEGIN; LOCK TABLE task IN EXCLUSIVE MODE; SELECT pg_sleep({}); COMMIT", HELD.as_secs());
    let mut holder = deploy::psql(layout, kubectl, "tasks", &["--command", &sql])?;
    let mut holder = holder.stdout(Stdio::null()).spawn().context("can't start psql")?;
    held(layout, kubectl).await?;
    let began = Instant::now();
    let refused = client.create_task(task.clone()).await;
    let took = began.elapsed();
    let released = tokio::task::spawn_blocking(move || holder.wait()).await??;
    ensure!(released.success(), "the table was not held");
    let Err(error) = refused else { anyhow::bail!("the call was answered after {} ms", took.as_millis()) };
    let made = client.create_task(task).await.context("the same call again")?;
    let tasks: Vec<_> = client.list_tasks_all(ListTasksRequest::default()).try_collect().await?;
    ensure!(tasks.len() == 1, "{} tasks were made by one call and its repetition", tasks.len());
    ensure!(tasks[0].task_id == made.task_id, "the repetition answers with another task");
    Ok(format!(
        "a call that makes a task was given up after {} s ({error}), and made again with the same id: there is one",
        took.as_secs()
    ))
}

/// Waits until the table is held.
async fn held(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<()> {
    let sql = "SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation = 'task'::regclass AND granted";
    let deadline = Instant::now() + PATIENCE;
    while output(&mut deploy::psql(layout, kubectl, "tasks", &["-tAc", sql])?)?.trim() == "0" {
        ensure!(Instant::now() < deadline, "the table is not held");
        sleep(PULSE).await;
    }
    Ok(())
}
