//! `labelmesh tasks decisions`: what was decided about an image, now and before.

use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::{image_id, submitted};
use crate::{
    api::{Api, Decision, Rpc, parse},
    exit::Failure,
    output::{Output, print, table, when},
};

/// Show what was decided about an image, the newest first: the first stands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks decisions TASK pets/17.png
  labelmesh tasks decisions TASK pets/17.png --json      # one decision a line")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The image's name or id.
    image: String,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let id = image_id(api, &options.task, &options.image).await?;
    let decisions = api.list(&Rpc::LIST_DECISIONS, &[&options.task, &id], "decisions", usize::MAX);
    let decisions: Vec<Value> = submitted(api, &options.task, decisions.boxed().try_collect().await).await?;
    if output.json {
        return print(&decisions.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    let row = |decision: &Value| {
        let decision: Decision = parse(decision)?;
        let sure = format!("{:.0} %", 100.0 * decision.confidence);
        Ok(vec![
            decision.label,
            sure,
            decision.rule,
            because(&decision.cause),
            when(&decision.decided_at),
            decision.comment,
        ])
    };
    let rows = decisions.iter().map(row).collect::<Result<Vec<_>, Failure>>()?;
    if rows.is_empty() {
        output.note("Nothing is decided about this image yet.");
        return Ok(());
    }
    print(&[table(&["label", "sure", "rule", "because", "when", "comment"], &rows)])
}

/// Why it was decided, in words.
fn because(cause: &str) -> String {
    match cause.trim_start_matches("CLOSING_CAUSE_") {
        // So it is called where votes are weighed, too.
        "TIED_AT_MAXIMUM" => "still tied, or not sure enough".to_owned(),
        cause => cause.to_ascii_lowercase().replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_sure_enough_is_not_called_tied() {
        assert_eq!(because("CLOSING_CAUSE_VOTES_COMPLETE"), "votes complete");
        assert!(because("CLOSING_CAUSE_TIED_AT_MAXIMUM").ends_with("tied, or not sure enough"));
    }
}
