//! `labelmesh tasks export`: the labeled set as a file.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use futures::StreamExt as _;
use serde_json::json;

use crate::{
    api::{Api, Rpc},
    exit::Failure,
    output::Output,
};

/// Take the results away as one file, in the order of the images' upload.
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
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let usual = if output.json && options.output.is_none() { Format::JsonLines } else { Format::Csv };
    let format = match options.format.unwrap_or(usual) {
        Format::Csv => "csv",
        Format::JsonLines => "json_lines",
    };
    let Some(path) = &options.output else {
        return copy(api, &options.task, format, &mut io::stdout()).await.map(|_| ());
    };
    let part = PathBuf::from(format!("{}.part", path.display()));
    let written = to_file(api, &options.task, format, &part).await;
    let written = written.and_then(|bytes| match fs::rename(&part, path) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Failure::file(path, &error)),
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    let bytes = written?;
    output.result(&json!({"file": path, "bytes": bytes}), || format!("{}: {bytes} bytes", path.display()))
}

async fn to_file(api: &Api, task: &str, format: &str, path: &Path) -> Result<u64, Failure> {
    let file = File::create(path).map_err(|error| Failure::file(path, &error))?;
    copy(api, task, format, &mut BufWriter::new(file)).await
}

/// Copies the export; returns how many bytes it has.
async fn copy(api: &Api, task: &str, format: &str, to: &mut impl Write) -> Result<u64, Failure> {
    let mut pieces = api.bytes(&Rpc::EXPORT_RESULTS, task, &format!("?format={format}")).await?.boxed();
    let mut bytes = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        bytes += piece.len() as u64;
        to.write_all(&piece)?;
    }
    to.flush()?;
    Ok(bytes)
}
