//! `labelmesh replay`: recorded votes through the running system, to see what a rule makes of them.

mod arrival;
mod cast;
mod outcome;
mod pictures;
mod rule;
mod stage;

use std::path::PathBuf;

use labelmesh_consensus::Method;
use serde_json::{Value, json};

use self::{
    outcome::Outcome,
    rule::Rule,
    stage::{Stage, Votes},
};
use crate::{
    exit::{Exit, Failure},
    method,
    output::{Output, table},
    session::Account,
    votes::{Truth, TruthLayout, VotesLayout, check_inputs, open, read_truth},
};

/// Feed recorded votes through the running system in random order; tell accuracy and votes used.
///
/// With --new, each seed gets a task of its own: small pictures named by the items, the labels of the file, the rule
/// that is given. Votes go in through the import, which decides as live votes do; what comes after an image is decided
/// was not needed. Images that are still open at the end are decided by the votes at hand. With --redecide the
/// completed task is decided once more, now that all that was learned is known: early decisions profit from later
/// votes. Names that look the same are one, as they are on the server.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh replay votes.csv --truth truth.csv --new --rule fixed:5
  labelmesh replay votes.csv --truth truth.csv --new --rule confidence:0.95:2:20 --seeds 20 --redecide auto
  labelmesh replay votes.csv --truth truth.csv --task TASK --seed 7 --json

A rule is fixed:N (N votes, one more while tied), or confidence:C:MIN:MAX (until C sure, between MIN and MAX votes).
With --json: one object with rule, runs (seed, taskId, votes_used, share_used, accuracy, accuracy_again, decided, seconds) and mean.")]
pub(crate) struct Options {
    /// The votes: CSV with the columns item, worker, label, or JSON Lines.
    file: PathBuf,
    /// The truth to compare with: CSV with the columns item, truth.
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    #[command(flatten)]
    layout: VotesLayout,
    #[command(flatten)]
    truth_layout: TruthLayout,
    /// The task to replay into; its images are named as the items, with any ending, and each is one item's.
    #[arg(long, required_unless_present = "new")]
    task: Option<String>,
    /// Make a task for each seed.
    #[arg(long, conflicts_with = "task", requires = "rule")]
    new: bool,
    /// When an image has enough votes.
    #[arg(long, conflicts_with = "task")]
    rule: Option<Rule>,
    /// Decide each completed task again by this method, and tell its accuracy too.
    #[arg(long, value_name = "METHOD", requires = "new", value_parser = method::parser())]
    redecide: Option<Method>,
    /// What the order of the votes follows from; the first of several.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many orders to try.
    #[arg(long, default_value_t = 1, conflicts_with = "task", value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
}

impl Options {
    /// The seeds, one after the other; behind the greatest comes 0.
    fn seeds(&self) -> impl Iterator<Item = u64> + use<> {
        let first = self.seed;
        (0..self.seeds).map(move |further| first.wrapping_add(further))
    }
}

pub(super) async fn run(options: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    check_inputs(&options.file, "--truth", &options.truth)?;
    let client = account.client()?;
    let (votes, truth) = (Votes::read(&options.file, &options.layout)?, truth(options)?);
    let stage =
        Stage { client: &client, votes: &votes, truth: &truth, new: options.new, again: options.redecide, output };
    let mut outcomes = Vec::new();
    if let Some(task) = &options.task {
        outcomes.push(stage.play(task, options.seed).await?);
    } else if let Some(rule) = &options.rule {
        let pictures = pictures::Pictures::draw(votes.items(), output)?;
        for seed in options.seeds() {
            let task = stage.build(rule, &pictures, seed).await?;
            outcomes.push(stage.play(&task, seed).await?);
            if options.seeds > 1 {
                output.note(&format!("seed {seed}: {}", outcomes[outcomes.len() - 1].text()));
            }
        }
    }
    let rule = options.rule.as_ref().map(ToString::to_string);
    let mean = Outcome::mean(&outcomes);
    let runs: Vec<Value> = outcomes.iter().map(Outcome::json).collect();
    let json = json!({"rule": rule, "votes": votes.len(), "items": votes.items().len(), "runs": runs, "mean": mean});
    output.result(&json, || people(&outcomes, &mean))
}

fn truth(options: &Options) -> Result<Truth, Failure> {
    let (truth, problems) = read_truth(open(&options.truth)?, &options.truth_layout, options.layout.options())?;
    if problems.count > 0 {
        return Err(problems.failure(&options.truth.display().to_string()));
    }
    if truth.labels.is_empty() {
        return Err(Failure::new(Exit::Refused, format!("{} has no truths", options.truth.display())));
    }
    Ok(truth)
}

fn people(outcomes: &[Outcome], mean: &Value) -> String {
    let rows: Vec<_> = outcomes.iter().map(Outcome::row).collect();
    let mut headings = vec!["seed", "accuracy", "votes used", "of all", "an item", "contested", "seconds"];
    if mean["accuracy_again"].is_number() {
        headings.push("accuracy again");
    }
    let table = table(&headings, &rows);
    let of = |what: &str| mean[what].as_f64().unwrap_or_default();
    let again = mean["accuracy_again"].as_f64().map(|again| format!(" ({again:.4} decided again)"));
    format!(
        "{table}\n\nmean of {}: accuracy {:.4}{}, {:.1} % of all votes used, {:.2} an item",
        outcomes.len(),
        of("accuracy"),
        again.unwrap_or_default(),
        100.0 * of("share_used"),
        of("votes_per_item")
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Typed {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn seeds_go_on_behind_the_greatest() {
        let greatest = u64::MAX.to_string();
        let line = ["", "votes.csv", "--truth", "truth.csv", "--new", "--rule", "fixed:2", "--seeds", "3", "--seed"];
        let typed = Typed::try_parse_from(line.into_iter().chain([greatest.as_str()])).expect("a command line");
        assert_eq!(typed.options.seeds().collect::<Vec<_>>(), [u64::MAX, 0, 1]);
    }
}
