//! Sending lines, a bounded number in a request, in order.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use labelmesh_clock::Random;
use serde_json::Value;
use tokio::time::sleep;

use super::Lines;
use crate::{
    api::{self, Api, Multipart, Rpc, count},
    exit::{Exit, Failure},
    output::Output,
    progress,
    votes::Problems,
};

/// So many lines share a request: it ends well before a server loses patience, and what breaks off is soon done again.
const LINES: usize = 2000;
/// How often a request is made. The same lines again are harmless.
const TRIES: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(250);

/// Sends the lines in this order; returns the sums of the server's summaries. Problems get the numbers of the user's file.
pub(crate) async fn send(
    (api, rpc, task): (&Api, &Rpc, &str),
    header: &str,
    (lines, order): (&Lines, &[usize]),
    problems: &mut Problems,
    output: Output,
) -> Result<BTreeMap<String, u64>, Failure> {
    let mut sums = BTreeMap::new();
    let bar = progress::bar(output, order.len() as u64, "importing");
    for part in order.chunks(LINES) {
        let text: String = part.iter().map(|place| lines.text(*place)).collect();
        let body = Bytes::from(format!("{header}\n{text}"));
        for said in persist(api, rpc, task, &body).await? {
            if let Some(summary) = said["summary"].as_object() {
                summary.keys().for_each(|key| *sums.entry(key.clone()).or_default() += count(&said["summary"], key));
            }
            let problem = &said["problem"];
            if problem.is_object() {
                // The first line is the header.
                let place =
                    usize::try_from(count(problem, "line")).ok().and_then(|line| part.get(line.checked_sub(2)?));
                let line = place.map_or(0, |place| lines.from(*place));
                problems.add(line, api::status(&problem["error"]).message);
            }
        }
        bar.inc(part.len() as u64);
    }
    Ok(sums)
}

async fn persist(api: &Api, rpc: &Rpc, task: &str, body: &Bytes) -> Result<Vec<Value>, Failure> {
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match once(api, rpc, task, body.clone()).await {
            // A task that was just submitted is not known everywhere at once, nor all of its images.
            Err(failure) if api::is_passing(&failure) || failure.exit == Exit::NotFound => sleep(wait).await,
            answer => return answer,
        }
        wait *= 2;
    }
    once(api, rpc, task, body.clone()).await
}

async fn once(api: &Api, rpc: &Rpc, task: &str, body: Bytes) -> Result<Vec<Value>, Failure> {
    let content = stream::once(async move { Ok(body) });
    let file = Multipart::new(&Random::system()).file("lines.csv", "text/csv", content);
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
