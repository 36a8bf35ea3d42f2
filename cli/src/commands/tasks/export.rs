//! `labelmesh tasks export`: the labeled set as a file.

mod records;

use std::{
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use bytes::Bytes;
use clap::ValueEnum;
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Answers, Client,
    tasks::{ExportFormat, ExportResultsRequest},
};
use serde_json::json;
use tokio::time::sleep;

use self::records::Records;
use crate::{exit::Failure, output::Output, part::Part};

/// Who may read the file: whoever the user's mask lets.
const MODE: u32 = 0o666;
/// How often an export that has begun breaks off, without that a record arrives, before it is given up.
const TRIES: u32 = 3;
/// How long it rests before it goes on.
const WAIT: Duration = Duration::from_millis(300);

/// Take the results away as one file, in the order in which the images stand in the task. An export that breaks off
/// goes on by itself from the last image that arrived.
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
    /// Where to write it; standard output if left out. An export that fails leaves an old file as it was.
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

/// Copies the export; returns how many bytes it has. Where it breaks off, whole records stand and it goes on behind
/// them.
async fn copy(client: &Client, task: &str, format: ExportFormat, to: &mut impl Write) -> Result<u64, Failure> {
    let mut records = Records::new(format);
    let mut request =
        ExportResultsRequest { task_id: task.to_owned(), format: format.into(), after_image_id: String::new() };
    let (mut bytes, mut in_vain) = (0, 0);
    loop {
        // What can't be begun was tried often enough.
        let pieces = client.export_results(request.clone()).await?;
        let before = bytes;
        let Err(broke_off) = copy_records(pieces, &mut records, &mut bytes, to).await else { break };
        in_vain = if bytes > before { 0 } else { in_vain + 1 };
        if in_vain >= TRIES || !broke_off.is_passing() {
            return Err(broke_off);
        }
        request.after_image_id = records.break_off().unwrap_or_default();
        sleep(WAIT).await;
    }
    let rest = records.end();
    to.write_all(&rest)?;
    to.flush()?;
    Ok(bytes + rest.len() as u64)
}

/// Copies whole records until the export ends or breaks off, and counts their bytes.
async fn copy_records(
    mut pieces: Answers<Bytes>,
    records: &mut Records,
    bytes: &mut u64,
    to: &mut impl Write,
) -> Result<(), Failure> {
    while let Some(piece) = pieces.try_next().await? {
        let whole = records.take(&piece);
        to.write_all(&whole)?;
        *bytes += whole.len() as u64;
    }
    Ok(())
}
