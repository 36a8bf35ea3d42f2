//! `labelmesh decisions import`: decisions that were made elsewhere.

use std::path::PathBuf;

use labelmesh_records::{CONFIDENCE, DECISION, ITEM, NAME, STATE};
use serde_json::json;

use super::{
    import::{Album, DecisionLine, Import, LATE, Lines, arrived, refused, send},
    tasks::{task, unsubmitted},
};
use crate::{
    exit::Failure,
    output::{Output, counted},
    session::Account,
    votes::{Layout, open, rows},
};

/// Import decisions that were made elsewhere.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Import(Options),
}

/// Import decisions into a task that was submitted; each closes its image.
///
/// FILE is CSV with a header that names item, label and optionally confidence (0 to 1), or JSON Lines with the same
/// fields, such as an export of results, whose images that are not decided are left alone. An item is an image of the
/// task: its name, its name without the ending, or its id.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh decisions import TASK labels.csv
  labelmesh consensus votes.csv --labels labels.csv && labelmesh decisions import TASK labels.csv

Lines that can't be taken are listed by number with the reason, and the exit code is 6; all others are taken.
Where the connection breaks, lines are sent again. What had been taken of them then counts as it was before, which is
said, with --json by \"sentAgain\".")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The decisions; '-' is standard input.
    file: PathBuf,
    /// How sure the decisions are, 0 to 1, instead of what the file says; 1 where neither says it.
    #[arg(long, value_parser = share)]
    confidence: Option<f64>,
    #[command(flatten)]
    layout: Layout,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

pub(super) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let Command::Import(options) = command;
    let client = account.client()?;
    if let Some(failure) = unsubmitted(&client, &options.task).await? {
        return Err(failure);
    }
    let before = task(&client, &options.task).await?.decided;
    let album = Album::of(&client, &options.task).await?;
    let (mut lines, mut undecided) = (Lines::default(), 0);
    let Layout { item, label, .. } = options.layout.clone();
    let columns = [ITEM.called(item), DECISION.called(label), NAME, CONFIDENCE, STATE];
    let mut problems = rows(open(&options.file)?, columns, options.layout.options(), |row| {
        let [item] = row.texts();
        let Some(label) = row.decision(1, 4).map_err(|fault| fault.to_string())? else {
            undecided += 1;
            return Ok(());
        };
        let image_id = album.find_either(item, row.get(2))?;
        let said = row.share(3).map_err(|fault| fault.to_string())?;
        lines.add(row.line, &DecisionLine { image_id, label, confidence: options.confidence.or(said) });
        Ok(())
    })?;
    let order: Vec<usize> = (0..lines.len()).collect();
    let call = (&client, Import::Decisions, options.task.as_str());
    let sent = send(call, (&lines, &order), &mut problems, output).await?;
    let sum = |what: &str| sent.sum(what);
    let json = json!({
        "taskId": options.task, "lines": lines.len(), "decided": sum("decided"), "unchanged": sum("unchanged"),
        "undecided": undecided, "refused": problems.count, "sentAgain": sent.again,
    });
    output.result(&json, || {
        let left = if undecided == 0 { String::new() } else { format!(", {undecided} not decided by the file") };
        format!("{} decided, {} as before{left}.", counted(sum("decided"), "image"), sum("unchanged"))
    })?;
    output.note(sent.doubt());
    // Whoever looks at the results next sees what was told here.
    if !arrived(&client, &options.task, before + sum("decided")).await.unwrap_or_default() {
        output.note(LATE);
    }
    refused(&problems, &options.file.display().to_string(), lines.len()).map_or(Ok(()), Err)
}
