//! `labelmesh votes import`: recorded votes into a task.

use std::path::PathBuf;

use labelmesh_records::NAME;
use labelmesh_sdk::Client;
use serde_json::{Value, json};

use crate::{
    commands::{
        import::{Album, Import, LATE, Lines, VoteLine, arrived, refused, send},
        tasks::{task, unsubmitted},
    },
    exit::Failure,
    output::{Output, counted},
    votes::{VotesLayout, open, rows},
};

/// Import recorded votes into a task that was submitted, under the rules of live votes.
///
/// FILE is CSV with a header that names item, worker and label, or JSON Lines with the same fields, or with names that
/// stand for them in other products (see 'labelmesh help consensus'). An item is an image of the task: its name, its
/// name without the ending, or its id. A worker is any name on one line. Votes are taken in the order of the lines:
/// they count while the image wants votes and are kept as surplus afterwards; the same again is harmless.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh votes import TASK votes.csv
  labelmesh votes import TASK votes.jsonl --json
  labelmesh votes import TASK votes.txt --no-header --worker 1 --item 2 --label 3

Lines that can't be taken are listed by number with the reason, and the exit code is 6; all others are taken.
Where the connection breaks, lines are sent again. What had been taken of them then counts as it was before, which is
said, with --json by \"sentAgain\".")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The votes; '-' is standard input.
    file: PathBuf,
    #[command(flatten)]
    layout: VotesLayout,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    if let Some(failure) = unsubmitted(client, &options.task).await? {
        return Err(failure);
    }
    let before = task(client, &options.task).await?.decided;
    let album = Album::of(client, &options.task).await?;
    let mut lines = Lines::default();
    let columns: Vec<_> = options.layout.columns().into_iter().chain([NAME]).collect();
    let mut problems = rows(open(&options.file)?, columns, options.layout.options(), |row| {
        let [item, operator, label] = row.texts();
        let image_id = album.find_either(item, row.get(3))?;
        lines.add(row.line, &VoteLine { image_id, operator, label });
        Ok(())
    })?;
    let order: Vec<usize> = (0..lines.len()).collect();
    let call = (client, Import::Votes, options.task.as_str());
    let sent = send(call, (&lines, &order), &mut problems, output).await?;
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
    // Whoever looks at the results next sees what was told here.
    if !arrived(client, &options.task, before + sum("decided")).await.unwrap_or_default() {
        output.note(LATE);
    }
    refused(&problems, &options.file.display().to_string(), lines.len()).map_or(Ok(()), Err)
}
