//! `labelmesh tasks redecide`: the same votes, another method.

mod arrival;

use std::time::Duration;

use labelmesh_consensus::Method;
use labelmesh_sdk::{
    Client,
    subtasks::{GetRedecisionRequest, RedecideTaskRequest, Redecision},
};
use tokio::time::sleep;

use self::arrival::arrived;
use super::{results::results, submitted};
use crate::{
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

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let (task, method) = (&options.task, options.method);
    let state =
        if options.no_wait { ask(client, task, method).await? } else { redecide(client, task, method, output).await? };
    output.message(&state, || {
        let (images, method) = (counted(state.images, "image"), options.method.name());
        format!("{} of {images} decided by {method}, {} with another label.", state.done, state.changed)
    })
}

/// Decides a task again; returns where it stands when the results have all of it.
///
/// # Errors
/// If it can't be decided again, is given up, or does not arrive.
pub(crate) async fn redecide(
    client: &Client,
    task: &str,
    method: Method,
    output: Output,
) -> Result<Redecision, Failure> {
    let state = ask(client, task, method).await?;
    let state = finished(client, task, state, output).await?;
    arrived(|| results(client, task), state.requested_at.as_ref()).await?;
    Ok(state)
}

async fn ask(client: &Client, task: &str, method: Method) -> Result<Redecision, Failure> {
    let request = RedecideTaskRequest { task_id: task.to_owned(), method: method.name().to_owned() };
    submitted(client, task, client.redecide_task(request).await).await
}

/// Where it stands when it is done.
async fn finished(client: &Client, task: &str, mut state: Redecision, output: Output) -> Result<Redecision, Failure> {
    let bar = progress::bar(output, state.images, "deciding");
    while state.finished_at.is_none() {
        bar.set_length(state.images);
        bar.set_position(state.done);
        sleep(PAUSE).await;
        state = client.get_redecision(GetRedecisionRequest { task_id: task.to_owned() }).await?;
    }
    match state.problem.as_str() {
        "" => Ok(state),
        problem => Err(Failure::new(Exit::State, format!("given up: {problem}"))),
    }
}
