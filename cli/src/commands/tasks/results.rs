//! `labelmesh tasks results`: the images with what was decided so far.

use futures::StreamExt as _;
use serde_json::Value;

use crate::{
    api::{Api, Rpc, Verdict, parse},
    exit::Failure,
    output::{Output, print, table},
};

/// So many rows share one table, so that long lists begin at once.
const ROWS: usize = 1000;

/// Show the images of a task with what was decided so far, in the order of their upload.
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
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    limit: usize,
    /// Only images that are not decided, contested, or less sure than this.
    #[arg(long, value_name = "CONFIDENCE")]
    doubtful: Option<f64>,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let results = api.list(&Rpc::LIST_RESULTS, &[&options.task], "results", usize::MAX).boxed();
    let mut chunks = results.chunks(ROWS);
    let mut left = options.limit;
    while let Some(chunk) = chunks.next().await {
        let mut lines = Vec::new();
        for result in chunk {
            let result: Value = result?;
            let known: Verdict = parse(&result)?;
            if left > 0 && options.doubtful.is_none_or(|bar| is_doubtful(&known, bar)) {
                left -= 1;
                lines.push((result, known));
            }
        }
        tell(&lines, output)?;
        if left == 0 {
            break;
        }
    }
    Ok(())
}

fn is_doubtful(result: &Verdict, bar: f64) -> bool {
    result.state != "RESULT_STATE_DECIDED" || result.contested || result.confidence < bar
}

fn tell(results: &[(Value, Verdict)], output: Output) -> Result<(), Failure> {
    if output.json {
        return print(&results.iter().map(|(value, _)| value.to_string()).collect::<Vec<_>>());
    }
    if results.is_empty() {
        return Ok(());
    }
    let row = |result: &Verdict| {
        let counts: Vec<String> =
            result.votes.iter().map(|count| format!("{}: {}", count.label, count.votes)).collect();
        let decided = result.state == "RESULT_STATE_DECIDED";
        let sure = if decided { format!("{:.0} %", 100.0 * result.confidence) } else { String::new() };
        let state = result.state.trim_start_matches("RESULT_STATE_").to_ascii_lowercase();
        let state = if result.contested { "contested".to_owned() } else { state };
        vec![result.name.clone(), result.label.clone(), sure, counts.join(", "), state, result.rule.clone()]
    };
    let rows: Vec<_> = results.iter().map(|(_, result)| row(result)).collect();
    print(&[table(&["image", "label", "sure", "votes", "state", "rule"], &rows)])
}
