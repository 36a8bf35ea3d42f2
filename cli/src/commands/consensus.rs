//! `labelmesh consensus`: labels from recorded votes, without any server.

mod alike;
mod gold;
mod judged;
mod memory;
mod report;
mod write;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use labelmesh_consensus::Method;
use tokio::time::Instant;

use self::{gold::Gold, judged::Judged};
use crate::{
    exit::{Exit, Failure},
    images::is_same,
    method,
    output::{Output, counted, shortened},
    votes::{Problems, Truth, TruthLayout, Votes, VotesLayout, check_inputs, open, read_truth, read_votes},
};

/// So many warnings are shown.
const MOST_WARNINGS: usize = 5;

/// Find the labels that recorded votes agree upon; needs no server.
///
/// FILE is CSV with a header that names item, worker and label, one vote a line, or JSON Lines with the same fields;
/// any strings, further columns are left alone. The delimiter is found, UTF-8 and UTF-16 are understood. '-' reads
/// standard input. The same votes always give the same answer, however the file is sorted. A method that would take
/// more memory than is available (8 GiB where the system does not say) is refused before it begins.
///
/// Where there is no item, the first of image_id, subtask_id, image, task, question and name that is there stands for
/// it; for worker it is operator, annotator or performer, for label answer, for truth label or answer. Other names are
/// given by
/// --item, --worker and --label.
///
/// Names that look the same are one, however they are written: composed or not, with other blanks, with or without what
/// nobody sees. What is written has the spelling that came first. Labels that differ in case or in the form of a number
/// are two, which is said.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh consensus votes.csv
  labelmesh consensus votes.csv --truth truth.csv --labels labels.csv
  labelmesh consensus votes.csv --gold known.csv
  labelmesh consensus votes.csv --method dawid-skene --json
  labelmesh consensus votes.txt --no-header --worker 1 --item 2 --label 3
  labelmesh tasks votes TASK --format csv | labelmesh consensus -

With --json: one object with method, items, workers, votes, classes (how many labels), seconds (of deciding alone),
reading_seconds, krippendorff_alpha, fleiss_kappa, repeated_votes (by workers who had voted for the item before), and, null
without --truth, truths (how many were compared), truths_without_votes (those that could not be), accuracy and
expected_calibration_error (over 10 bins of equal mass). basis is what confidences rest on, 'usual' or 'gold', and
gold_items how many known labels; both are null for methods that count or learn otherwise. What can't be told, as an
accuracy without truths, is null.")]
pub(crate) struct Options {
    /// The votes: CSV with the columns item, worker, label.
    file: PathBuf,
    /// How to weigh the votes.
    #[arg(long, default_value = "auto", value_parser = method::parser())]
    method: Method,
    /// Known answers to compare with: CSV with the columns item, truth.
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Known answers to learn from, laid out as those of --truth: 20 to 50 a label tell whether the crowd as a whole is
    /// biased and how far its votes err together, which votes can't. Only auto looks at them, and from 10 items with
    /// votes on. Items of both files are not compared.
    #[arg(long, value_name = "FILE")]
    gold: Option<PathBuf>,
    #[command(flatten)]
    layout: VotesLayout,
    #[command(flatten)]
    truth_layout: TruthLayout,
    /// Write item, label and confidence of each item to this file as CSV, in the order of the votes; '-' is standard
    /// output, and what is said otherwise goes to standard error then.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// What random choices follow from; only mace makes any.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Go on without the lines of votes and truths that can't be read, instead of stopping.
    #[arg(long)]
    skip_bad_lines: bool,
}

pub(crate) fn run(options: &Options, output: Output) -> Result<(), Failure> {
    check(options, output)?;
    let begun = Instant::now();
    let mut votes = votes(options, output)?;
    let mut truth = known(options.truth.as_deref(), options, output)?;
    let gold = known(options.gold.as_deref(), options, output)?.map(|gold| Gold::new(gold, &mut votes));
    if let (Some(truth), Some(gold)) = (&mut truth, &gold) {
        gold.leave_out_of(truth);
    }
    let reading = begun.elapsed();
    let judged = Judged::judge(&votes, gold.as_ref(), options.method, options.seed)?;
    if let Some(path) = &options.labels {
        write::labels(path, &votes, &judged)?;
    }
    if judged.repeated > 0 {
        let (many, are) = (counted(judged.repeated as u64, "vote"), if judged.repeated == 1 { "is" } else { "are" });
        output.note(&format!("note: {many} {are} by a worker who voted for the same item before; all count"));
    }
    let true_labels: BTreeSet<&str> =
        truth.iter().flat_map(|truth| truth.labels.values().map(String::as_str)).collect();
    for note in alike::notes(votes.labels.all().chain(true_labels)) {
        output.note(&format!("note: {note}"));
    }
    let odd = judged.warnings(&votes);
    for warning in odd.iter().take(MOST_WARNINGS) {
        output.note(&format!("note: {warning}"));
    }
    if odd.len() > MOST_WARNINGS {
        output.note(&format!("note: {} more like these", odd.len() - MOST_WARNINGS));
    }
    if let Some(note) = gold.as_ref().and_then(|gold| gold.note(judged.basis())) {
        output.note(&note);
    }
    let report = report::Report::new(&votes, &judged, truth.as_ref(), reading);
    if let Some(warning) = report.warning() {
        output.note(&warning);
    }
    if options.labels.as_deref() == Some(Path::new("-")) {
        output.note(&report.people(&votes, &judged));
        return Ok(());
    }
    output.result(&report.json(), || report.people(&votes, &judged))
}

/// What can be told of the files before any is read.
fn check(options: &Options, output: Output) -> Result<(), Failure> {
    let known = [("--truth", &options.truth), ("--gold", &options.gold)];
    for (option, path) in known.iter().filter_map(|(option, path)| Some((*option, path.as_deref()?))) {
        check_inputs(&options.file, option, path)?;
    }
    if let (Some(truth), Some(gold)) = (&options.truth, &options.gold)
        && truth == gold
    {
        let message = "--truth and --gold are one file: what was learned from can't be compared with";
        return Err(Failure::new(Exit::Usage, message));
    }
    if options.gold.is_some() && options.method != Method::Auto {
        let message = format!("--gold tells nothing to {}: only auto learns from it", options.method.name());
        return Err(Failure::new(Exit::Usage, message));
    }
    let Some(labels) = &options.labels else { return Ok(()) };
    if labels == Path::new("-") && output.json {
        return Err(Failure::new(Exit::Usage, "--labels - and --json can't both have standard output"));
    }
    for read in [Some(&options.file), options.truth.as_ref(), options.gold.as_ref()].into_iter().flatten() {
        if is_same(labels, read) {
            let message = format!("--labels {} would write over what is read", labels.display());
            return Err(Failure::new(Exit::Usage, message));
        }
    }
    Ok(())
}

fn votes(options: &Options, output: Output) -> Result<Votes, Failure> {
    let (votes, problems) = read_votes(open(&options.file)?, &options.layout)?;
    look_at(&problems, (options.file.as_path(), votes.ballots.is_empty()), options, output)?;
    Ok(votes)
}

fn known(path: Option<&Path>, options: &Options, output: Output) -> Result<Option<Truth>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let (truth, problems) = read_truth(open(path)?, &options.truth_layout, options.layout.options())?;
    look_at(&problems, (path, truth.labels.is_empty()), options, output)?;
    Ok(Some(truth))
}

/// Fails for the problems of a file, unless one may go on without those lines and there are others.
fn look_at(
    problems: &Problems,
    (path, is_empty): (&Path, bool),
    options: &Options,
    output: Output,
) -> Result<(), Failure> {
    let file = path.display().to_string();
    if problems.count == 0 {
        return Ok(());
    }
    if options.skip_bad_lines && !is_empty {
        let lines = problems.lines(&file);
        // Programs read all of it.
        let lines = if output.json { lines } else { shortened(lines.into_iter()) };
        output.note(&format!("left out:\n  {}", lines.join("\n  ")));
        return Ok(());
    }
    let failure = problems.failure(&file);
    Err(if is_empty { failure } else { failure.remedy("--skip-bad-lines, to go on without them") })
}
