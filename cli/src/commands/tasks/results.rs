//! `labelmesh tasks results`: the images with what was decided so far.

use futures::StreamExt as _;
use labelmesh_sdk::{
    Answers, Client,
    tasks::{ListResultsRequest, Result as Verdict, ResultState},
};

use crate::{
    exit::Failure,
    limit,
    output::{Columns, Output, print, print_json, word},
};

/// So many rows are written at once, so that long lists begin at once. The first of them say how wide the columns are.
const ROWS: usize = 1000;
/// What columns are called.
const HEADINGS: [&str; 6] = ["image", "label", "sure", "votes", "state", "rule"];

/// Show the images of a task with what was decided so far, in the order in which they stand in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks results TASK
  labelmesh tasks results TASK --doubtful 0.8       # only what is less sure than that, or not decided
  labelmesh tasks results TASK --json | jq -r 'select(.contested) | .name'

With --json: one object a line, as the contract has it. To take everything away as a file, use tasks export.")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// At most so many images.
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true, value_parser = limit::parser())]
    limit: usize,
    /// Only images that are not decided, contested, or less sure than this.
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidence)]
    doubtful: Option<f64>,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let mut chunks = results(client, &options.task).chunks(ROWS);
    let mut left = options.limit;
    let mut columns = None;
    while let Some(chunk) = chunks.next().await {
        let (mut shown, mut more) = (Vec::new(), false);
        for result in chunk {
            let result = result?;
            if options.doubtful.is_some_and(|bar| !is_doubtful(&result, bar)) {
                continue;
            }
            more = left == 0;
            if more {
                break;
            }
            left -= 1;
            shown.push(result);
        }
        tell(&shown, &mut columns, output)?;
        if more {
            limit::tell(options.limit, output);
            break;
        }
    }
    Ok(())
}

/// The images of a task with what was decided so far.
pub(crate) fn results(client: &Client, task: &str) -> Answers<Verdict> {
    let request = ListResultsRequest { task_id: task.to_owned(), page_size: limit::ALL, ..Default::default() };
    client.list_results_all(request)
}

fn confidence(typed: &str) -> Result<f64, String> {
    let fits = |share: &f64| (0.0..=1.0).contains(share);
    typed.parse().ok().filter(fits).ok_or_else(|| "it must be a number from 0 to 1".to_owned())
}

fn is_doubtful(result: &Verdict, bar: f64) -> bool {
    result.state() != ResultState::Decided || result.contested || result.confidence < bar
}

fn tell(results: &[Verdict], columns: &mut Option<Columns>, output: Output) -> Result<(), Failure> {
    if output.json {
        return print_json(results);
    }
    if results.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = results.iter().map(row).collect();
    let mut lines = Vec::with_capacity(rows.len() + 1);
    let columns = columns.get_or_insert_with(|| {
        let columns = Columns::fit(&HEADINGS, &rows);
        lines.push(columns.line(&HEADINGS));
        columns
    });
    lines.extend(rows.iter().map(|row| columns.line(row)));
    print(&lines)
}

fn row(result: &Verdict) -> Vec<String> {
    let counts: Vec<String> = result.votes.iter().map(|count| format!("{}: {}", count.label, count.votes)).collect();
    let sure = if result.state() == ResultState::Decided {
        format!("{:.0} %", 100.0 * result.confidence)
    } else {
        String::new()
    };
    let state = word(result.state().as_str_name(), "RESULT_STATE_");
    let state = match result {
        Verdict { contested: true, .. } => "contested".to_owned(),
        Verdict { starved: true, .. } => "starved".to_owned(),
        _ => state,
    };
    vec![result.name.clone(), result.label.clone(), sure, counts.join(", "), state, result.rule.clone()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confidence_is_a_share() {
        assert_eq!((confidence("0"), confidence("0.8"), confidence("1")), (Ok(0.0), Ok(0.8), Ok(1.0)));
        for wrong in ["1.5", "-0.1", "nan", "much"] {
            assert!(confidence(wrong).is_err(), "{wrong}");
        }
    }
}
