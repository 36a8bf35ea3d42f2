//! `labelmesh votes import`: recorded votes into a task.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{
    api::{Api, Rpc},
    commands::{
        import::{Album, Lines, refused, send},
        tasks::unsubmitted,
    },
    exit::Failure,
    output::{Output, counted},
    votes::{ITEM, LABEL, WORKER, open, rows},
};

/// Import recorded votes into a task that was submitted, under the rules of live votes.
///
/// FILE is CSV with a header that names item, worker and label, or JSON Lines with the same fields. An item is an image of
/// the task: its name, its name without the ending, or its id. A worker is any name
/// on one line. Votes are taken in the order of the lines: they count while the image wants votes and are kept as surplus
/// afterwards; the same again is harmless.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh votes import TASK votes.csv
  labelmesh votes import TASK votes.jsonl --json

Lines that can't be taken are listed by number with the reason, and the exit code is 6; all others are taken.
Where the connection breaks, lines are sent again. What had been taken of them then counts as it was before, which is
said, with --json by \"sentAgain\".")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The votes; '-' is standard input.
    file: PathBuf,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    if let Some(failure) = unsubmitted(api, &options.task).await? {
        return Err(failure);
    }
    let album = Album::of(api, &options.task).await?;
    let mut lines = Lines::default();
    let mut problems = rows(open(&options.file)?, [ITEM, WORKER, LABEL], |line, [item, worker, label]| {
        lines.add(line, &[album.find(item)?, worker, label])
    })?;
    let order: Vec<usize> = (0..lines.len()).collect();
    let call = (api, &Rpc::IMPORT_VOTES, options.task.as_str());
    let sent = send(call, "image_id,operator,label", (&lines, &order), &mut problems, output).await?;
    let sum = |what: &str| sent.sum(what);
    let json: Value = json!({
        "taskId": options.task, "lines": lines.len(), "counted": sum("counted"), "revised": sum("revised"),
        "surplus": sum("surplus"), "unchanged": sum("unchanged"), "decided": sum("decided"), "refused": problems.count,
        "sentAgain": sent.again,
    });
    output.result(&json, || {
        format!(
            "{} counted, {} revised, {} surplus, {} as before; {} decided by them.",
            counted(sum("counted"), "vote"),
            sum("revised"),
            sum("surplus"),
            sum("unchanged"),
            counted(sum("decided"), "image")
        )
    })?;
    output.note(sent.doubt());
    refused(&problems, &options.file.display().to_string(), lines.len()).map_or(Ok(()), Err)
}
