//! `labelmesh tasks export`: the labeled set as a file.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::ValueEnum;
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    tasks::{ExportFormat, ExportResultsRequest},
};
use serde_json::json;

use crate::{exit::Failure, output::Output, part::Part};

/// Who may read the file: whoever the user's mask lets.
const MODE: u32 = 0o666;

/// Take the results away as one file, in the order in which the images stand in the task.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks export TASK -o labels.csv
  labelmesh tasks export TASK --format json-lines | gzip > labels.jsonl.gz")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The format; CSV if left out, or JSON Lines with --json and without --output.
    #[arg(long)]
    format: Option<Format>,
    /// Where to write it; standard output if left out. An export that breaks off leaves an old file as it was.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One object a line.
    JsonLines,
    /// CSV to be opened in a spreadsheet: nothing in it is taken for a formula.
    Spreadsheet,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let usual = if output.json && options.output.is_none() { Format::JsonLines } else { Format::Csv };
    let format = match options.format.unwrap_or(usual) {
        Format::Csv => ExportFormat::Csv,
        Format::JsonLines => ExportFormat::JsonLines,
        Format::Spreadsheet => ExportFormat::Spreadsheet,
    };
    let Some(path) = &options.output else {
        return copy(client, &options.task, format, &mut io::stdout()).await.map(|_| ());
    };
    let mut part = Part::create(path, MODE)?;
    let bytes = copy(client, &options.task, format, part.writer()).await?;
    part.finish()?;
    output.result(&json!({"file": path, "bytes": bytes}), || format!("{}: {bytes} bytes", path.display()))
}

/// Copies the export; returns how many bytes it has.
async fn copy(client: &Client, task: &str, format: ExportFormat, to: &mut impl Write) -> Result<u64, Failure> {
    let request = ExportResultsRequest { task_id: task.to_owned(), format: format.into() };
    let mut pieces = client.export_results(request).await?;
    let mut bytes = 0;
    while let Some(piece) = pieces.try_next().await? {
        bytes += piece.len() as u64;
        to.write_all(&piece)?;
    }
    to.flush()?;
    Ok(bytes)
}
