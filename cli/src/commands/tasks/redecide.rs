//! `labelmesh tasks redecide`: the same votes, another method.

use std::time::Duration;

use labelmesh_consensus::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    api::{Api, Rpc, count, field},
    exit::{Exit, Failure},
    method,
    output::{Output, counted},
    progress,
};

/// How often it is asked how far it has come.
const PAUSE: Duration = Duration::from_millis(500);

/// Decide a completed task again, from the same votes by another method; former decisions are kept.
///
/// What people adjudicated and what was imported is left alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks redecide TASK --method dawid-skene
  labelmesh tasks redecide TASK --method auto --json
  labelmesh tasks decisions TASK pets/17.png          # what was decided before")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// How to weigh the votes.
    #[arg(long, default_value = "auto", value_parser = method::parser())]
    method: Method,
    /// Don't wait until it is done.
    #[arg(long)]
    no_wait: bool,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let state = redecide(api, &options.task, options.method, !options.no_wait, output).await?;
    output.result(&state, || {
        let (done, images, changed) = (count(&state, "done"), count(&state, "images"), count(&state, "changed"));
        let (images, method) = (counted(images, "image"), options.method.name());
        format!("{done} of {images} decided by {method}, {changed} with another label.")
    })
}

/// Asks for it and, if wanted, waits until it is done; where it stands then.
pub(crate) async fn redecide(
    api: &Api,
    task: &str,
    method: Method,
    wait: bool,
    output: Output,
) -> Result<Value, Failure> {
    let body = json!({"method": method.name()});
    let mut state: Value = api.call(&Rpc::REDECIDE, &[task], Some(&body)).await?;
    let bar = progress::bar(output, count(&state, "images"), "deciding");
    while wait && field(&state, "finishedAt").is_empty() {
        bar.set_length(count(&state, "images"));
        bar.set_position(count(&state, "done"));
        sleep(PAUSE).await;
        state = api.call(&Rpc::GET_REDECISION, &[task], None).await?;
    }
    match field(&state, "problem") {
        "" => Ok(state),
        problem => Err(Failure::new(Exit::State, format!("given up: {problem}"))),
    }
}
