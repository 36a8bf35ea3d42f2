//! `labelmesh tasks cancel`: gives a task up.

use serde_json::json;

use super::show;
use crate::{
    api::{Api, Rpc},
    exit::Failure,
    output::Output,
};

/// Cancel a draft or an open task; nothing more is decided.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  labelmesh tasks cancel TASK")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let task = api.call(&Rpc::CANCEL_TASK, &[&options.task], Some(&json!({}))).await?;
    show::told(&task, output)
}
