//! Replicas that come and go while others are called.

use std::{collections::BTreeMap, convert::Infallible};

use anyhow::{Context as _, Result};
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{Client, Retries, Role, tasks::ListTasksRequest};
use labelmesh_testkit::try_until;

use crate::{people::person, watched::metrics};

const CALLS: &str = "rpc_server_call_duration_seconds_count";

/// Calls without end, and fails with the first call that does: nobody makes it again.
async fn call(cluster: &Cluster, token: &str) -> Result<Infallible> {
    let once = Retries { tries: 1, ..Retries::default() };
    let client = Client::builder(cluster.gateway()).retries(once).build()?.with_token(token);
    loop {
        client.list_tasks(ListTasksRequest::default()).await?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_come_are_called_and_those_that_go_are_not_missed() -> Result<()> {
    let mut settings = Settings { most: BTreeMap::from([(Service::Tasks, 4)]), ..Settings::for_tests()? };
    // As many calls as are answered, which is more than one user may make.
    settings.environment.push(("GATEWAY__LIMITS__RATE_FACTOR".to_owned(), "1000".to_owned()));
    let cluster = Cluster::start(settings).await?;
    let client = person(&cluster, "client", Role::Client).await?;
    let token = client.token().context("somebody who has signed in has a token")?;

    cluster.scale(Service::Tasks, 9).await?;
    assert_eq!(cluster.replicas(Service::Tasks), 4, "there is no room for more");
    let all_are_called = try_until("calls at each of the four", async || {
        for address in cluster.admin_addresses(Service::Tasks).await {
            if metrics(&address).await?.total_of(CALLS, &["ListTasks"]) == 0.0 {
                return Ok(None);
            }
        }
        Ok(Some(()))
    });
    tokio::select! {
        all = all_are_called => all?,
        failed = call(&cluster, token) => match failed? {},
    }
    tokio::select! {
        scaled = cluster.scale(Service::Tasks, 1) => scaled?,
        failed = call(&cluster, token) => match failed? {},
    }
    assert_eq!(cluster.addresses(Service::Tasks).await.len(), 1);
    assert_eq!(cluster.revive().await, [""; 0], "nobody is started again who was to go");
    client.list_tasks(ListTasksRequest::default()).await?;
    Ok(())
}
