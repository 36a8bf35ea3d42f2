//! `labelmesh tasks submit`: opens a draft for labeling.

use serde_json::json;

use super::show;
use crate::{
    api::{Api, Rpc},
    exit::Failure,
    output::Output,
};

/// Open a draft for labeling; from then on its images, labels and rule are fixed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  labelmesh tasks submit TASK")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let task = api.call(&Rpc::SUBMIT_TASK, &[&options.task], Some(&json!({}))).await?;
    show::told(&task, output)
}
