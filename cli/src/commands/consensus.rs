//! `labelmesh consensus`: labels from recorded votes, without any server.

mod judged;
mod memory;
mod report;
mod write;

use std::path::PathBuf;

use labelmesh_consensus::Method;
use tokio::time::Instant;

use self::judged::Judged;
use crate::{
    exit::Failure,
    method,
    output::Output,
    votes::{Truth, Votes, open, read_truth, read_votes},
};

/// Find the labels that recorded votes agree upon; needs no server.
///
/// FILE is CSV with a header that names item, worker and label, one vote a line, or JSON Lines with the same fields; any
/// strings, further columns are left alone. '-' reads standard input. The same votes always give the same answer, however the file is sorted.
/// A method that would take more memory than is available (8 GiB where the system does not say) is refused before it begins.
///
/// Where there is no item, the first of image_id, subtask_id, task and name that is there stands for it; for worker it is operator,
/// annotator or performer, for truth label.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh consensus votes.csv
  labelmesh consensus votes.csv --truth truth.csv --labels labels.csv
  labelmesh consensus votes.csv --method dawid-skene --json
  labelmesh tasks votes TASK --format csv | labelmesh consensus -

With --json: one object with method, items, workers, votes, classes (how many labels), seconds (of deciding alone),
reading_seconds, krippendorff_alpha, fleiss_kappa, repeated_votes (by workers who had voted for the item before), and, null
without --truth, truths (how many were compared), truths_without_votes (those that could not be), accuracy and
expected_calibration_error (over 10 bins of equal mass). What can't be told, as an accuracy without truths, is null.")]
pub(crate) struct Options {
    /// The votes: CSV with the columns item, worker, label.
    file: PathBuf,
    /// How to weigh the votes.
    #[arg(long, default_value = "auto", value_parser = method::parser())]
    method: Method,
    /// Known answers to compare with: CSV with the columns item, truth.
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Write item, label and confidence of each item to this file as CSV, in the order of the votes.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// What random choices follow from; only mace makes any.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Go on without the lines that can't be read, instead of stopping.
    #[arg(long)]
    skip_bad_lines: bool,
}

pub(crate) fn run(options: &Options, output: Output) -> Result<(), Failure> {
    let begun = Instant::now();
    let votes = votes(options, output)?;
    let truth = truth(options)?;
    let reading = begun.elapsed();
    let judged = Judged::judge(&votes, options.method, options.seed)?;
    if let Some(path) = &options.labels {
        write::labels(path, &votes, &judged)?;
    }
    if judged.repeated > 0 {
        let many = judged.repeated;
        output.note(&format!("note: {many} votes are by a worker who voted for the same item before; all count"));
    }
    let report = report::Report::new(&votes, &judged, truth.as_ref(), reading);
    if let Some(warning) = report.warning() {
        output.note(&warning);
    }
    output.result(&report.json(), || report.people(&votes, &judged))
}

fn votes(options: &Options, output: Output) -> Result<Votes, Failure> {
    let (votes, problems) = read_votes(open(&options.file)?)?;
    let file = options.file.display().to_string();
    if problems.count == 0 {
        return Ok(votes);
    }
    if options.skip_bad_lines && !votes.ballots.is_empty() {
        output.note(&format!("left out:\n  {}", problems.lines(&file).join("\n  ")));
        return Ok(votes);
    }
    let failure = problems.failure(&file);
    Err(if votes.ballots.is_empty() { failure } else { failure.remedy("--skip-bad-lines, to go on without them") })
}

fn truth(options: &Options) -> Result<Option<Truth>, Failure> {
    let Some(path) = &options.truth else { return Ok(None) };
    let (truth, problems) = read_truth(open(path)?)?;
    if problems.count > 0 {
        return Err(problems.failure(&path.display().to_string()));
    }
    Ok(Some(truth))
}
