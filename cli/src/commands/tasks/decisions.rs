//! `labelmesh tasks decisions`: what was decided about an image, now and before.

use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    subtasks::{ClosingCause, ConfidenceBasis, Decision, ListDecisionsRequest},
};

use super::{image_id, submitted};
use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when, word},
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

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = ListDecisionsRequest {
        task_id: options.task.clone(),
        image_id: image_id(client, &options.task, &options.image).await?,
        page_size: limit::ALL,
        page_token: String::new(),
    };
    let decisions = client.list_decisions_all(request).try_collect().await;
    let decisions: Vec<Decision> = submitted(client, &options.task, decisions).await?;
    if output.json {
        return print_json(&decisions);
    }
    let row = |decision: &Decision| {
        let sure = format!("{:.0} %{}", 100.0 * decision.confidence, rests_on(decision));
        let (cause, decided) = (because(decision.cause()), when(decision.decided_at.as_ref()));
        vec![decision.label.clone(), sure, decision.rule.clone(), cause, decided, decision.comment.clone()]
    };
    let rows: Vec<_> = decisions.iter().map(row).collect();
    if rows.is_empty() {
        output.note("Nothing is decided about this image yet.");
        return Ok(());
    }
    print(&[table(&["label", "sure", "rule", "because", "when", "comment"], &rows)])
}

/// What a confidence rests on, where it was learned.
fn rests_on(decision: &Decision) -> String {
    match decision.basis() {
        ConfidenceBasis::Unspecified => String::new(),
        ConfidenceBasis::Usual => ", as is usual".to_owned(),
        ConfidenceBasis::Gold => format!(", by {} gold images", decision.gold_images),
    }
}

/// Why it was decided, in words.
fn because(cause: ClosingCause) -> String {
    match cause {
        // So it is called where votes are weighed, too.
        ClosingCause::TiedAtMaximum => "still tied, or not sure enough".to_owned(),
        cause => word(cause.as_str_name(), "CLOSING_CAUSE_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_learned_confidence_says_what_it_rests_on() {
        let decision =
            |basis: ConfidenceBasis| Decision { basis: basis.into(), gold_images: 40, ..Decision::default() };
        assert_eq!(rests_on(&decision(ConfidenceBasis::Unspecified)), "");
        assert_eq!(rests_on(&decision(ConfidenceBasis::Usual)), ", as is usual");
        assert_eq!(rests_on(&decision(ConfidenceBasis::Gold)), ", by 40 gold images");
    }

    #[test]
    fn what_is_not_sure_enough_is_not_called_tied() {
        assert_eq!(because(ClosingCause::VotesComplete), "votes complete");
        assert!(because(ClosingCause::TiedAtMaximum).ends_with("tied, or not sure enough"));
    }
}
