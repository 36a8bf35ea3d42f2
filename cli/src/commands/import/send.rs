//! Sending lines, a bounded number in a request, in order.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use labelmesh_clock::Random;
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::Lines;
use crate::{
    api::{self, Api, Multipart, Rpc, count},
    exit::{Exit, Failure},
    output::Output,
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
    (api, rpc, task): (&Api, &Rpc, &str),
    (lines, order): (&Lines, &[usize]),
    problems: &mut Problems,
    output: Output,
) -> Result<Sent, Failure> {
    let mut sent = Sent::default();
    let bar = progress::bar(output, order.len() as u64, "importing");
    for part in order.chunks(LINES) {
        let body = Bytes::from(part.iter().map(|place| lines.text(*place)).collect::<Vec<_>>().concat());
        let (answers, broke) = persist(async || once(api, rpc, task, body.clone()).await).await?;
        for said in answers {
            let summary = &said["summary"];
            for key in summary.as_object().into_iter().flat_map(Map::keys) {
                *sent.sums.entry(key.clone()).or_default() += count(summary, key);
            }
            // A try that took nothing leaves nothing as it was before.
            sent.again |= broke && count(summary, "unchanged") > 0;
            let problem = &said["problem"];
            if problem.is_object() {
                let place =
                    usize::try_from(count(problem, "line")).ok().and_then(|line| part.get(line.checked_sub(1)?));
                let line = place.map_or(0, |place| lines.from(*place));
                problems.add(line, api::status(&problem["error"]).message);
            }
        }
        bar.inc(part.len() as u64);
    }
    Ok(sent)
}

/// Tries until there is an answer. The flag says whether an earlier try broke off, which may have taken lines.
async fn persist(mut once: impl AsyncFnMut() -> Result<Vec<Value>, Failure>) -> Result<(Vec<Value>, bool), Failure> {
    let (mut wait, mut broke) = (FIRST_WAIT, false);
    for _ in 1..TRIES {
        match once().await {
            // A task that was just submitted is not known everywhere at once, nor all of its images.
            Err(failure) if failure.exit == Exit::NotFound => {}
            Err(failure) if api::is_passing(&failure) => broke = true,
            answers => return Ok((answers?, broke)),
        }
        sleep(wait).await;
        wait *= 2;
    }
    Ok((once().await?, broke))
}

async fn once(api: &Api, rpc: &Rpc, task: &str, body: Bytes) -> Result<Vec<Value>, Failure> {
    let content = stream::once(async move { Ok(body) });
    let file = Multipart::new(&Random::system()).file("lines.jsonl", "application/jsonl", content);
    let mut answers = api.send(rpc, task, file).await?.boxed();
    let mut said = Vec::new();
    while let Some(answer) = answers.next().await {
        said.push(answer?);
    }
    if said.last().is_none_or(|last| !last["summary"].is_object()) {
        return Err(Failure::new(Exit::Unavailable, "the server did not say how the import ended"));
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use serde_json::json;

    use super::*;
    use crate::{api::stub, commands::import::VoteLine};

    /// Sends a line, for which the first of two calls breaks off.
    async fn broken_once(unchanged: u64) -> Sent {
        let calls = Arc::new(AtomicU32::new(0));
        let api = stub(move |_, _| {
            let broken = calls.fetch_add(1, Ordering::Relaxed) == 0;
            let summary = json!({"summary": {"lines": "1", "unchanged": unchanged.to_string(), "decided": "0"}});
            async move { (!broken).then(|| summary.to_string()) }
        })
        .await;
        let mut lines = Lines::default();
        lines.add(2, &VoteLine { image_id: "image", operator: "ann", label: "cat" });
        let (call, mut problems) = ((&api, &Rpc::IMPORT_VOTES, "task"), Problems::default());
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
