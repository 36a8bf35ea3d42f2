//! `labelmesh tasks finish`: ends a task with the votes at hand.

use serde_json::json;

use super::show;
use crate::{
    api::{Api, Rpc},
    exit::Failure,
    output::Output,
};

/// End an open task with the votes at hand; images without votes are reported undecided.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  labelmesh tasks finish TASK")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let task = api.call(&Rpc::FINISH_TASK, &[&options.task], Some(&json!({}))).await?;
    show::told(&task, output)
}
