//! `labelmesh tasks usage`: what a client has, and may have.

use labelmesh_sdk::{
    Client,
    tasks::{GetMyUsageRequest, Quota},
};

use crate::{
    exit::Failure,
    output::{Output, print, print_json, table},
};

/// Show how much you have, and may have at most: tasks, open tasks, images and bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  labelmesh tasks usage")]
pub(crate) struct Options {}

pub(super) async fn run(_: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let usage = client.get_my_usage(GetMyUsageRequest {}).await?;
    if output.json {
        return print_json(&[usage]);
    }
    let quotas =
        [("tasks", usage.tasks), ("open tasks", usage.open_tasks), ("images", usage.images), ("bytes", usage.bytes)];
    let rows: Vec<_> = quotas.map(|(what, quota)| row(what, quota.unwrap_or_default())).into();
    print(&[table(&["", "used", "at most"], &rows)])
}

fn row(what: &str, quota: Quota) -> Vec<String> {
    let limit = quota.limit.map_or("any number".to_owned(), |limit| limit.to_string());
    vec![what.to_owned(), quota.used.to_string(), limit]
}
