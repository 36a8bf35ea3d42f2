//! `labelmesh tasks redecide`: the same votes, another method.

mod arrival;

use std::time::Duration;

use futures::Stream;
use labelmesh_consensus::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use self::arrival::arrived;
use super::submitted;
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
/// What people adjudicated and what was imported is left alone. It ends when the results have all of it.
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
    /// Don't wait until it is done; an export at once may still have former decisions.
    #[arg(long)]
    no_wait: bool,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let (task, method) = (&options.task, options.method);
    let state =
        if options.no_wait { ask(api, task, method).await? } else { redecide(api, task, method, output).await? };
    output.result(&state, || {
        let (done, images, changed) = (count(&state, "done"), count(&state, "images"), count(&state, "changed"));
        let (images, method) = (counted(images, "image"), options.method.name());
        format!("{done} of {images} decided by {method}, {changed} with another label.")
    })
}

/// Decides a task again; returns where it stands when the results have all of it.
///
/// # Errors
/// If it can't be decided again, is given up, or does not arrive.
pub(crate) async fn redecide(api: &Api, task: &str, method: Method, output: Output) -> Result<Value, Failure> {
    let state = ask(api, task, method).await?;
    let state = finished(api, task, state, output).await?;
    arrived(|| results(api, task), field(&state, "requestedAt")).await?;
    Ok(state)
}

async fn ask(api: &Api, task: &str, method: Method) -> Result<Value, Failure> {
    let asked = api.call(&Rpc::REDECIDE, &[task], Some(&json!({"method": method.name()}))).await;
    submitted(api, task, asked).await
}

/// Where it stands when it is done.
async fn finished(api: &Api, task: &str, mut state: Value, output: Output) -> Result<Value, Failure> {
    let bar = progress::bar(output, count(&state, "images"), "deciding");
    while field(&state, "finishedAt").is_empty() {
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

fn results(api: &Api, task: &str) -> impl Stream<Item = Result<Value, Failure>> + Send {
    api.list(&Rpc::LIST_RESULTS, &[task], "results", usize::MAX)
}
