//! A release by blue and green, there and back: who gets the version that waits, and that no call is lost. The two are
//! told apart by a value of the configuration: green lets the web pages of one more origin read its answers.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use labelmesh_sdk::Role;
use reqwest::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue, ORIGIN};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{HOST, array, load::Load, people, release};
use crate::{kubectl::Kubectl, layout::Layout};

const SERVICE: &str = "gateway";
const ORIGINS: &str = "GATEWAY__CORS__ORIGINS";
const GREEN: &str = "https://green.labelmesh.example.com";
/// How somebody asks for the version that waits.
const ASKING: [(&str, &str); 2] = [("x-labelmesh-preview", "1"), ("cookie", "theme=dark; labelmesh-preview=1")];
/// How many calls tell who answers.
const CALLS: usize = 40;
/// How many calls are under way meanwhile, and how often each caller begins one: ten a second.
const CALLERS: usize = 4;
const EVERY: Duration = Duration::from_millis(400);
/// For how long, in seconds, the version that was replaced stays: long enough to go back.
const STAYS: &str = "/spec/strategy/blueGreen/scaleDownDelaySeconds";
const DELAY: u64 = 120;
const SHIPPED_DELAY: u64 = 600;
/// How long until the ingress has heard where calls go now.
const HEARD_WITHIN: Duration = Duration::from_secs(60);
/// How long until the version that was left has gone: its pods end what they have begun.
const GONE_WITHIN: Duration = Duration::from_secs(DELAY + 120);
const PULSE: Duration = Duration::from_secs(1);

/// Releases another version, promotes it, and goes back, while people call.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let caller = Caller::new(layout).await?;
    let busy = people::impatient(layout, "steady", Role::Client).await?;
    caller.all(None, Version::Blue).await?;
    release::set(kubectl, SERVICE, STAYS, &json!(DELAY))?;
    let load = Load::start(&[busy], CALLERS, EVERY);
    release::configure(kubectl, SERVICE, ORIGINS, &json!([GREEN]).to_string())?;
    let there = there(kubectl, &caller).await;
    let back = back(kubectl, &caller).await;
    let seen = load.stop().await?;
    release::set(kubectl, SERVICE, STAYS, &json!(SHIPPED_DELAY))?;
    let (there, back) = (there.context("there")?, back.context("back")?);
    ensure!(
        seen.failures.is_empty(),
        "{} of {} calls failed meanwhile: {}",
        seen.failures.len(),
        seen.calls,
        seen.some_failures()
    );
    alone(kubectl).await?;
    Ok(format!(
        "all {CALLS} calls with the header and all with the cookie got the version that waited, and none of {CALLS} \
         others; promoted it had all calls {} ms later, and taken back none {} ms later; none of {} calls was lost",
        there.as_millis(),
        back.as_millis(),
        seen.calls
    ))
}

/// Waits for the new version, looks at it, and promotes it. How long it took until it had all calls.
async fn there(kubectl: &Kubectl, caller: &Caller) -> anyhow::Result<Duration> {
    waits(kubectl).await?;
    caller.until(Some(ASKING[0]), Version::Green).await?;
    for asking in ASKING {
        caller.all(Some(asking), Version::Green).await?;
    }
    caller.all(None, Version::Blue).await?;
    let began = Instant::now();
    // What `kubectl argo rollouts promote` does.
    let promoted = json!({"status": {"pauseConditions": null}}).to_string();
    let patch = ["patch", &release::name(SERVICE), "--subresource=status", "--type=merge", "--patch", &promoted];
    kubectl.run(&[&["--namespace", "labelmesh"], patch.as_slice()].concat())?;
    caller.until(None, Version::Green).await?;
    let took = began.elapsed();
    release::settled(kubectl, SERVICE).await?;
    caller.all(None, Version::Green).await?;
    Ok(took)
}

/// Goes back to what was before. How long it took until that had all calls.
async fn back(kubectl: &Kubectl, caller: &Caller) -> anyhow::Result<Duration> {
    let began = Instant::now();
    release::undo(kubectl, SERVICE).await?;
    caller.until(None, Version::Blue).await?;
    let took = began.elapsed();
    caller.all(None, Version::Blue).await?;
    Ok(took)
}

/// Waits until the new version is ready and only a person's word is missing.
async fn waits(kubectl: &Kubectl) -> anyhow::Result<()> {
    let deadline = Instant::now() + release::READY_WITHIN;
    loop {
        let rollout = release::rollout(kubectl, SERVICE)?;
        let status = &rollout["status"];
        if array(&status["pauseConditions"]).any(|pause| pause["reason"] == "BlueGreenPause") {
            return Ok(());
        }
        ensure!(status["abort"] != true, "the release was given up: {}", status["message"]);
        ensure!(Instant::now() < deadline, "it is not ready: {}, {}", status["phase"], status["message"]);
        sleep(PULSE).await;
    }
}

/// Waits until there is one version alone.
async fn alone(kubectl: &Kubectl) -> anyhow::Result<()> {
    let deadline = Instant::now() + GONE_WITHIN;
    loop {
        let rollout = release::rollout(kubectl, SERVICE)?;
        let status = &rollout["status"];
        if status["replicas"] == status["updatedReplicas"] {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "of {} replicas {} are new", status["replicas"], status["updatedReplicas"]);
        sleep(PULSE).await;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Blue,
    Green,
}

/// Somebody who calls and sees which version answers.
struct Caller {
    http: reqwest::Client,
    token: String,
}

impl Caller {
    async fn new(layout: &Layout) -> anyhow::Result<Self> {
        let person = people::person(layout, "blue-green", Role::Client).await?;
        let token = person.token().context("signed in")?.to_owned();
        Ok(Self { http: people::browser(layout)?, token })
    }

    /// Makes a call, perhaps with a header that asks for the version that waits.
    async fn ask(&self, asking: Option<(&str, &str)>) -> anyhow::Result<Version> {
        let call = self.http.get(format!("https://{HOST}/v1/me")).bearer_auth(&self.token).header(ORIGIN, GREEN);
        let call = asking.into_iter().fold(call, |call, (name, value)| call.header(name, value));
        let answer = call.send().await.context("the ingress does not answer")?;
        ensure!(answer.status().is_success(), "the gateway says {}", answer.status());
        let allowed = answer.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN) == Some(&HeaderValue::from_static(GREEN));
        Ok(if allowed { Version::Green } else { Version::Blue })
    }

    /// Makes calls, all of which one version has to answer.
    async fn all(&self, asking: Option<(&str, &str)>, version: Version) -> anyhow::Result<()> {
        let mut others = 0;
        for _ in 0..CALLS {
            others += usize::from(self.ask(asking).await? != version);
        }
        ensure!(others == 0, "{others} of {CALLS} calls ({asking:?}) were not answered by {version:?}");
        Ok(())
    }

    /// Waits until a version answers.
    async fn until(&self, asking: Option<(&str, &str)>, version: Version) -> anyhow::Result<()> {
        let deadline = Instant::now() + HEARD_WITHIN;
        loop {
            let answered = self.ask(asking).await;
            if answered.as_ref().is_ok_and(|answered| *answered == version) {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "{version:?} does not answer ({asking:?}), but {answered:?}");
            sleep(PULSE / 10).await;
        }
    }
}
