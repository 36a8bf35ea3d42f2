//! `labelmesh tasks`: what a client does.

mod adjudicate;
mod agreement;
mod cancel;
mod create;
mod decisions;
mod export;
mod finish;
mod gold;
mod list;
mod operators;
pub(crate) mod redecide;
mod results;
mod resume;
mod show;
mod submit;
pub(crate) mod upload;
mod votes;
pub(crate) mod watch;

use futures::StreamExt as _;

use crate::{
    api::{Api, Image, Rpc, Task, TaskState, parse},
    exit::{Exit, Failure},
    output::Output,
    session::Account,
};

/// Create tasks, upload images, submit, watch, and take the labels away.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Options),
    List(list::Options),
    Show(show::Options),
    Upload(upload::Options),
    Gold(gold::Options),
    Submit(submit::Options),
    Watch(watch::Options),
    Results(results::Options),
    Votes(votes::Options),
    Export(export::Options),
    Decisions(decisions::Options),
    Adjudicate(adjudicate::Options),
    Redecide(redecide::Options),
    Agreement(agreement::Options),
    Operators(operators::Options),
    Resume(resume::Options),
    Finish(finish::Options),
    Cancel(cancel::Options),
}

pub(super) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let api = account.api()?;
    match command {
        Command::Create(options) => create::run(&options, &api, output).await,
        Command::List(options) => list::run(&options, &api, output).await,
        Command::Show(options) => show::run(&options, &api, output).await,
        Command::Upload(options) => upload::run(&options, &api, output).await,
        Command::Gold(options) => gold::run(&options, &api, output).await,
        Command::Submit(options) => submit::run(&options, &api, output).await,
        Command::Watch(options) => watch::run(&options, &api, output).await,
        Command::Results(options) => results::run(&options, &api, output).await,
        Command::Votes(options) => votes::run(&options, &api, output).await,
        Command::Export(options) => export::run(&options, &api, output).await,
        Command::Decisions(options) => decisions::run(&options, &api, output).await,
        Command::Adjudicate(options) => adjudicate::run(&options, &api, output).await,
        Command::Redecide(options) => redecide::run(&options, &api, output).await,
        Command::Agreement(options) => agreement::run(&options, &api, output).await,
        Command::Operators(options) => operators::run(&options, &api, output).await,
        Command::Resume(options) => resume::run(&options, &api, output).await,
        Command::Finish(options) => finish::run(&options, &api, output).await,
        Command::Cancel(options) => cancel::run(&options, &api, output).await,
    }
}

/// The id of an image that is called by its id or its name.
async fn image_id(api: &Api, task: &str, image: &str) -> Result<String, Failure> {
    let mut images = api.list(&Rpc::LIST_IMAGES, &[task], "images", usize::MAX).boxed();
    while let Some(known) = images.next().await {
        let known: Image = parse(&known?)?;
        if known.name == image || known.image_id == image {
            return Ok(known.image_id);
        }
    }
    let failure = Failure::new(Exit::NotFound, format!("the task has no image '{image}'"));
    Err(failure.remedy(format!("labelmesh tasks results {task}, which lists them")))
}

/// What became of a call about a task; a draft, of which not every part of the server has heard, is told as what it is.
pub(crate) async fn submitted<T>(api: &Api, task: &str, called: Result<T, Failure>) -> Result<T, Failure> {
    match called {
        Err(failure) if failure.exit == Exit::NotFound => {
            Err(unsubmitted(api, task).await.ok().flatten().unwrap_or(failure))
        }
        called => called,
    }
}

/// The failure of what only a submitted task can do, where a task is a draft.
pub(crate) async fn unsubmitted(api: &Api, task: &str) -> Result<Option<Failure>, Failure> {
    let known: Task = parse(&api.call(&Rpc::GET_TASK, &[task], None).await?)?;
    let failure = || Failure::new(Exit::State, "the task was not submitted yet").remedy("labelmesh tasks submit TASK");
    Ok((known.state == TaskState::Draft).then(failure))
}
