//! `labelmesh tasks`: what a client does.

mod adjudicate;
mod agreement;
mod audience;
mod cancel;
mod create;
mod decisions;
mod delete;
mod exclude;
mod export;
mod finish;
mod gold;
mod image;
mod list;
mod operators;
mod pause;
pub(crate) mod redecide;
mod remove;
pub(crate) mod results;
mod resume;
mod show;
mod skips;
mod submit;
mod update;
pub(crate) mod upload;
mod usage;
mod votes;
pub(crate) mod watch;

use labelmesh_sdk::{
    Answers, Client,
    tasks::{GetTaskRequest, Image, ListImagesRequest, Task, TaskState},
};

use crate::{
    commands::import::Album,
    exit::{Exit, Failure},
    limit,
    output::Output,
    session::Account,
};

/// Create tasks, upload images, submit, watch, and take the labels away.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Options),
    List(list::Options),
    Show(show::Options),
    Update(update::Options),
    Upload(upload::Options),
    Remove(remove::Options),
    Image(image::Options),
    Gold(gold::Options),
    Audience(audience::Options),
    Submit(submit::Options),
    Watch(watch::Options),
    Results(results::Options),
    Votes(votes::Options),
    Skips(skips::Options),
    Export(export::Options),
    Decisions(decisions::Options),
    Adjudicate(adjudicate::Options),
    Redecide(redecide::Options),
    Agreement(agreement::Options),
    Operators(operators::Options),
    Pause(pause::Options),
    Resume(resume::Options),
    Exclude(exclude::Options),
    Finish(finish::Options),
    Cancel(cancel::Options),
    Delete(delete::Options),
    Usage(usage::Options),
}

pub(super) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::Create(options) => create::run(&options, &client, output).await,
        Command::List(options) => list::run(&options, &client, output).await,
        Command::Show(options) => show::run(&options, &client, output).await,
        Command::Update(options) => update::run(&options, &client, output).await,
        Command::Remove(options) => remove::run(&options, &client, output).await,
        Command::Image(options) => image::run(&options, &client, output).await,
        Command::Upload(options) => upload::run(&options, &client, output).await,
        Command::Gold(options) => gold::run(&options, &client, output).await,
        Command::Audience(options) => audience::run(&options, &client, output).await,
        Command::Submit(options) => submit::run(&options, &client, output).await,
        Command::Watch(options) => watch::run(&options, &client, output).await,
        Command::Results(options) => results::run(&options, &client, output).await,
        Command::Votes(options) => votes::run(&options, &client, output).await,
        Command::Skips(options) => skips::run(&options, &client, output).await,
        Command::Export(options) => export::run(&options, &client, output).await,
        Command::Decisions(options) => decisions::run(&options, &client, output).await,
        Command::Adjudicate(options) => adjudicate::run(&options, &client, output).await,
        Command::Redecide(options) => redecide::run(&options, &client, output).await,
        Command::Agreement(options) => agreement::run(&options, &client, output).await,
        Command::Operators(options) => operators::run(&options, &client, output).await,
        Command::Pause(options) => pause::run(&options, &client, output).await,
        Command::Exclude(options) => exclude::run(&options, &client, output).await,
        Command::Resume(options) => resume::run(&options, &client, output).await,
        Command::Finish(options) => finish::run(&options, &client, output).await,
        Command::Cancel(options) => cancel::run(&options, &client, output).await,
        Command::Delete(options) => delete::run(&options, &client, output).await,
        Command::Usage(options) => usage::run(&options, &client, output).await,
    }
}

/// A task.
pub(crate) async fn task(client: &Client, task: &str) -> Result<Task, Failure> {
    Ok(client.get_task(GetTaskRequest { task_id: task.to_owned() }).await?)
}

/// The images of a task, in the order of their places.
pub(crate) fn images(client: &Client, task: &str) -> Answers<Image> {
    let request = ListImagesRequest { task_id: task.to_owned(), page_size: limit::ALL, page_token: String::new() };
    client.list_images_all(request)
}

/// Whether nothing more is decided in a task.
pub(crate) fn is_over(state: TaskState) -> bool {
    matches!(state, TaskState::Completed | TaskState::Cancelled)
}

/// The id of an image that is called by its id or its name.
async fn image_id(client: &Client, task: &str, image: &str) -> Result<String, Failure> {
    let album = Album::of(client, task).await?;
    album.named(image).map(str::to_owned).map_err(|what| {
        let failure = Failure::new(Exit::NotFound, what);
        failure.remedy(format!("labelmesh tasks results {task}, which lists them"))
    })
}

/// What became of a call about a task; a draft, of which not every part of the server has heard, is told as what it is.
pub(crate) async fn submitted<T, E: Into<Failure>>(
    client: &Client,
    task: &str,
    called: Result<T, E>,
) -> Result<T, Failure> {
    match called.map_err(Into::into) {
        Err(failure) if failure.exit == Exit::NotFound => {
            Err(unsubmitted(client, task).await.ok().flatten().unwrap_or(failure))
        }
        called => called,
    }
}

/// The failure of what only a submitted task can do, where a task is a draft.
pub(crate) async fn unsubmitted(client: &Client, id: &str) -> Result<Option<Failure>, Failure> {
    let known = task(client, id).await?;
    let failure = || Failure::new(Exit::State, "the task was not submitted yet").remedy("labelmesh tasks submit TASK");
    Ok((known.state() == TaskState::Draft).then(failure))
}
