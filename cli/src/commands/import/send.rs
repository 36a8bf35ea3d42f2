//! Sending lines, a bounded number in a request, in order.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client, File, Refusal, Upload,
    subtasks::{ImportProblem, import_decisions_response, import_votes_response},
};
use serde_json::Value;
use tokio::time::sleep;

use super::Lines;
use crate::{
    exit::{Exit, Failure},
    output::{Output, json},
    progress,
    votes::Problems,
};

/// How many lines share a request: it ends well before the server's deadline, and is soon repeated if it breaks off.
const LINES: usize = 2000;
/// How often a request is made. The same lines again are harmless.
const TRIES: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(250);
const AGAIN: &str =
    "The connection broke, and lines were sent again: what was taken of them before counts as it was before.";

/// What lines hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Import {
    Votes,
    Decisions,
}

/// What the server says of lines.
enum Said {
    /// What became of them, as JSON: a number for each word.
    Summary(Value),
    Problem(ImportProblem),
}

/// What became of lines.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    sums: BTreeMap<String, u64>,
    /// Whether lines were sent again that the server had taken before the connection broke. The sums lack them.
    pub(crate) again: bool,
}

impl Sent {
    /// One of the server's sums, of lines or images.
    pub(crate) fn sum(&self, what: &str) -> u64 {
        self.sums.get(what).copied().unwrap_or_default()
    }

    /// What to say if the sums lack something.
    pub(crate) fn doubt(&self) -> &'static str {
        if self.again { AGAIN } else { "" }
    }
}

/// Sends the lines in this order. Problems get the numbers of the user's file.
pub(crate) async fn send(
    (client, import, task): (&Client, Import, &str),
    (lines, order): (&Lines, &[usize]),
    problems: &mut Problems,
    output: Output,
) -> Result<Sent, Failure> {
    let mut sent = Sent::default();
    let bar = progress::bar(output, order.len() as u64, "importing");
    for part in order.chunks(LINES) {
        let body = Bytes::from(part.iter().map(|place| lines.text(*place)).collect::<Vec<_>>().concat());
        let (answers, broke) = persist(async || once(client, import, task, body.clone()).await).await?;
        for said in answers {
            match said {
                Said::Summary(summary) => {
                    let words = summary.as_object().into_iter().flatten();
                    let numbers =
                        words.filter_map(|(word, number)| Some((word.clone(), number.as_str()?.parse::<u64>().ok()?)));
                    for (word, number) in numbers {
                        // A try that took nothing leaves nothing as it was before.
                        sent.again |= broke && word == "unchanged" && number > 0;
                        *sent.sums.entry(word).or_default() += number;
                    }
                }
                Said::Problem(problem) => {
                    let place = usize::try_from(problem.line).ok().and_then(|line| part.get(line.checked_sub(1)?));
                    let line = place.map_or(0, |place| lines.from(*place));
                    let refusal = problem.error.as_ref().map(Refusal::from).map(Failure::from);
                    problems.add(line, refusal.map_or_else(String::new, |failure| failure.message));
                }
            }
        }
        bar.inc(part.len() as u64);
    }
    Ok(sent)
}

/// Tries until there is an answer. The flag says whether an earlier try broke off, which may have taken lines.
async fn persist(mut once: impl AsyncFnMut() -> Result<Vec<Said>, Failure>) -> Result<(Vec<Said>, bool), Failure> {
    let (mut wait, mut broke) = (FIRST_WAIT, false);
    for _ in 1..TRIES {
        match once().await {
            // A task that was just submitted is not known everywhere at once, nor all of its images.
            Err(failure) if failure.exit == Exit::NotFound => {}
            Err(failure) if failure.is_passing() => broke = true,
            answers => return Ok((answers?, broke)),
        }
        sleep(wait).await;
        wait *= 2;
    }
    Ok((once().await?, broke))
}

async fn once(client: &Client, import: Import, task: &str, data: Bytes) -> Result<Vec<Said>, Failure> {
    let file = File { name: "lines.jsonl".to_owned(), media_type: "application/jsonl".to_owned(), data };
    let file = Upload::new().file(file);
    let said: Vec<Said> = match import {
        Import::Votes => {
            let answers = client.import_votes(task, file).await?;
            answers.try_filter_map(async |answer| Ok(answer.said.map(Said::from))).try_collect().await?
        }
        Import::Decisions => {
            let answers = client.import_decisions(task, file).await?;
            answers.try_filter_map(async |answer| Ok(answer.said.map(Said::from))).try_collect().await?
        }
    };
    match said.last() {
        Some(Said::Summary(_)) => Ok(said),
        _ => Err(Failure::new(Exit::Unavailable, "the server did not say how the import ended")),
    }
}

impl From<import_votes_response::Said> for Said {
    fn from(said: import_votes_response::Said) -> Self {
        match said {
            import_votes_response::Said::Problem(problem) => Self::Problem(problem),
            import_votes_response::Said::Summary(summary) => Self::Summary(json(&summary)),
        }
    }
}

impl From<import_decisions_response::Said> for Said {
    fn from(said: import_decisions_response::Said) -> Self {
        match said {
            import_decisions_response::Said::Problem(problem) => Self::Problem(problem),
            import_decisions_response::Said::Summary(summary) => Self::Summary(json(&summary)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use serde_json::json;

    use super::*;
    use crate::{commands::import::VoteLine, stub::stub};

    /// Sends a line, for which the first of two calls breaks off.
    async fn broken_once(unchanged: u64) -> Sent {
        let calls = Arc::new(AtomicU32::new(0));
        let client = stub(move |_, _| {
            let broken = calls.fetch_add(1, Ordering::Relaxed) == 0;
            let summary = json!({"summary": {"lines": "1", "unchanged": unchanged.to_string(), "decided": "0"}});
            async move { (!broken).then(|| summary.to_string()) }
        })
        .await;
        let mut lines = Lines::default();
        lines.add(2, &VoteLine { image_id: "image", operator: "ann", label: "cat" });
        let (call, mut problems) = ((&client, Import::Votes, "task"), Problems::default());
        let sent = send(call, (&lines, &[0]), &mut problems, Output { json: true });
        sent.await.expect("an answer at last")
    }

    #[tokio::test(start_paused = true)]
    async fn lines_that_were_sent_again_are_told_of_where_they_had_been_taken() {
        let sent = broken_once(1).await;
        assert_eq!((sent.sum("lines"), sent.sum("unchanged"), sent.again), (1, 1, true));
        assert!(!broken_once(0).await.again, "nothing was taken before");
    }
}
