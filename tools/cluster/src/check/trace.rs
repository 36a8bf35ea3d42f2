//! One trace joins the ingress, both sidecars of every call, and the services.

mod hops;

use std::time::Duration;

use anyhow::{Context as _, ensure};
use labelmesh_clock::Clock;
use labelmesh_sdk::Role;
use reqwest::StatusCode;
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep};

use super::{HOST, people};
use crate::{
    jaeger::{Jaeger, Span},
    kubectl::Kubectl,
    layout::Layout,
};

/// The span of the client, as its own tracing would name it.
const CLIENT: &str = "00f067aa0ba902b7";
/// A task that there is not. The collector keeps every trace with an error, and of the others one in ten.
const NO_TASK: &str = "01890000-0000-7000-8000-0000000000ff";
/// Who takes part in a call with a token that the gateway has not seen yet.
const SERVICES: [&str; 3] = ["auth", "gateway", "tasks"];
/// How long until all spans are there: services and sidecars send theirs every five seconds, and the collector looks at
/// a trace ten seconds after it has begun.
const WHOLE_WITHIN: Duration = Duration::from_secs(90);
/// After that long without another one, none comes any more.
const QUIET: Duration = Duration::from_secs(12);
const PULSE: Duration = Duration::from_secs(1);

/// Makes a call with a `traceparent` of its own, and looks for all that came of it.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let jaeger = Jaeger::find(kubectl)?;
    let person = people::person(layout, "traced", Role::Client).await?;
    let trace = new_trace();
    call(layout, person.token().context("signed in")?, &trace).await?;
    let spans = whole(&jaeger, &trace).await.with_context(|| format!("trace {trace}"))?;
    let hops = hops::check(&spans, CLIENT, &SERVICES)?;
    Ok(format!("one call is one trace of {} spans, each with its parent: {hops}", spans.len()))
}

/// An id that no trace has had.
fn new_trace() -> String {
    let now = Clock::system().now().to_rfc3339();
    hex::encode(&Sha256::digest(format!("{now} {}", std::process::id()))[..16])
}

/// Asks for a task that there is not. The answer names the trace, too.
async fn call(layout: &Layout, token: &str, trace: &str) -> anyhow::Result<()> {
    let answer = people::browser(layout)?
        .get(format!("https://{HOST}/v1/tasks/{NO_TASK}"))
        .bearer_auth(token)
        .header("traceparent", format!("00-{trace}-{CLIENT}-01"))
        .send()
        .await
        .context("the ingress does not answer")?;
    let status = answer.status();
    ensure!(status == StatusCode::NOT_FOUND, "a task that there is not: {status}");
    let named = answer.headers().get("traceparent").and_then(|named| named.to_str().ok()).unwrap_or_default();
    ensure!(named.contains(trace), "the answer names the trace {named:?}, and the call was of {trace}");
    Ok(())
}

/// The spans of a trace, when all of them have come.
async fn whole(jaeger: &Jaeger, trace: &str) -> anyhow::Result<Vec<Span>> {
    let began = Instant::now();
    let (mut spans, mut since) = (vec![], began);
    loop {
        let now = jaeger.trace(trace).await?;
        if now != spans {
            (spans, since) = (now, Instant::now());
        }
        if since.elapsed() >= QUIET && hops::check(&spans, CLIENT, &SERVICES).is_ok() {
            return Ok(spans);
        }
        if began.elapsed() > WHOLE_WITHIN {
            let seconds = WHOLE_WITHIN.as_secs();
            hops::check(&spans, CLIENT, &SERVICES).with_context(|| format!("after {seconds} s"))?;
            return Ok(spans);
        }
        sleep(PULSE).await;
    }
}
