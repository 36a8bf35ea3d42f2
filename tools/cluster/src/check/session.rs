//! A first session: REST with an upload and an event stream, and gRPC, through the ingress gateway.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client, Role,
    subtasks::{LeaseSubtasksRequest, VoteRequest},
    tasks::{
        Audience, AudienceKind, CreateTaskRequest, ListResultsRequest, Policy, SubmitTaskRequest, WatchTaskRequest,
    },
    users::GetMeRequest,
};
use tokio::time::{Instant, sleep, timeout};

use super::{HOST, people};
use crate::{
    command::{command, output},
    layout::Layout,
};

const PATIENCE: Duration = Duration::from_secs(60);
const PULSE: Duration = Duration::from_millis(200);
const PICTURES: u32 = 2;

/// Plays it.
pub(super) async fn check(layout: &Layout) -> anyhow::Result<String> {
    let client = people::person(layout, "client", Role::Client).await?;
    let operator = people::person(layout, "operator", Role::Operator).await?;
    let task_id = submit(&client, PICTURES).await?;
    label(&operator).await?;
    let request = WatchTaskRequest { task_id: task_id.clone(), after_version: 0 };
    let mut states = client.watch_task(request).await.context("can't watch the task")?;
    let watched = async {
        let mut seen = 0;
        while let Some(state) = states.try_next().await? {
            seen += 1;
            if state.decided == u64::from(PICTURES) {
                return anyhow::Ok(seen);
            }
        }
        anyhow::bail!("the stream ended before the task was done")
    };
    let seen = timeout(PATIENCE, watched).await.context("the task is not completed")??;
    let results = client.list_results_all(ListResultsRequest { task_id, ..ListResultsRequest::default() });
    let results: Vec<_> = results.try_collect().await?;
    ensure!(results.len() == PICTURES as usize, "{} of {PICTURES} results are there", results.len());
    let grpc = grpc(layout, &client).context("gRPC")?;
    Ok(format!(
        "two people signed up and confirmed by mail, {PICTURES} pictures uploaded, labeled and decided, states watched \
         by events: {seen}; {grpc}"
    ))
}

/// A task for everybody, with so many pictures, fewer than 256.
pub(super) async fn submit(client: &Client, pictures: u32) -> anyhow::Result<String> {
    let audience = Audience { kind: AudienceKind::Open.into(), ..Audience::default() };
    let task = CreateTaskRequest {
        title: "Through the ingress".to_owned(),
        labels: ["cat", "dog"].map(str::to_owned).into(),
        policy: Some(Policy { redundancy: 1, ..Policy::default() }),
        audience: Some(audience),
        ..CreateTaskRequest::default()
    };
    let task_id = client.create_task(task).await.context("can't make a task")?.task_id;
    let first = std::process::id() % 60_000 * 256;
    let pictures = (first..first + pictures).map(people::picture).collect::<anyhow::Result<Vec<_>>>()?;
    client.upload_files(&task_id, &pictures).await.context("can't upload")?;
    client.submit_task(SubmitTaskRequest { task_id: task_id.clone() }).await.context("can't submit")?;
    Ok(task_id)
}

/// Labels what is handed out until all pictures are.
async fn label(operator: &Client) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut labeled = 0;
    while labeled < PICTURES {
        let request = LeaseSubtasksRequest { count: 1, ..LeaseSubtasksRequest::default() };
        let leased = operator.lease_subtasks(request).await.context("can't lease")?;
        for lease in &leased.leases {
            let vote = VoteRequest { subtask_id: lease.subtask_id.clone(), label: "cat".to_owned() };
            operator.vote(vote).await.context("can't vote")?;
            labeled += 1;
        }
        ensure!(Instant::now() < deadline, "{labeled} of {PICTURES} pictures were handed out");
        sleep(PULSE).await;
    }
    Ok(())
}

/// Asks who one is with a client of gRPC that others wrote.
fn grpc(layout: &Layout, client: &Client) -> anyhow::Result<String> {
    let grpcurl = layout.fetched("../clients/bin/grpcurl");
    ensure!(grpcurl.exists(), "{} is not there: ./dev parts builds it", grpcurl.display());
    let token = client.token().context("signed in")?;
    let call = |arguments: &[&str]| {
        let mut call = command(&grpcurl, ["-cacert"]);
        output(call.arg(layout.state("servers/ca.crt")).args(arguments))
    };
    let address = format!("{HOST}:443");
    let services = call(&[&address, "list"])?;
    let authorization = format!("authorization: Bearer {token}");
    let me = call(&["-H", &authorization, "-d", "{}", &address, "labelmesh.users.v1.UserService/GetMe"])?;
    ensure!(me.contains("userId"), "GetMe says {me}");
    Ok(format!("grpcurl lists {} services and is told who it is", services.lines().count()))
}

/// Who somebody is: a call that every service before the databases takes part in.
pub(super) async fn asks_who(client: &Client) -> Result<(), labelmesh_sdk::Error> {
    client.get_me(GetMeRequest::default()).await.map(|_| ())
}
