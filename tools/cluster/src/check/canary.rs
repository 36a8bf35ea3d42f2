//! Releases by canary: who gets it, and that a bad one does not stay. Faults are planted as operators make them: by a
//! value of the configuration.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use labelmesh_sdk::{Client, Role};
use tokio::time::{Instant, sleep};

use super::{
    HOST,
    load::{self, Load, METHOD},
    people,
    release::{self, Release},
};
use crate::{
    command::{command, output},
    kubectl::Kubectl,
    layout::Layout,
    node::world::{POSTGRES, SLOW_POSTGRES},
    prometheus::Prometheus,
};

/// How many calls tell what share the canary gets, and what share it is to get: three deviations on either side.
const CALLS: usize = 5000;
const SHARE: f64 = 0.1;
const TOLERANCE: f64 = 0.013;
/// How many calls ask for the canary, and how: one after the other.
const PINNED: usize = 40;
const ASKING: [&str; 2] = ["x-labelmesh-canary: 1", "cookie: theme=dark; labelmesh-canary=1"];
const PEOPLE: usize = 3;
/// How many calls each person has under way at most: the gateway lets four through.
const CALLERS: usize = 4;
/// What the contract lets a person call: twelve callers come to 150 calls a second.
const AT_MOST_EVERY: Duration = Duration::from_millis(80);
/// Twelve callers that begin a call as often as that make 30 calls a second, of which the canary gets 180 a minute.
const EVERY: Duration = Duration::from_millis(400);
/// How often a metric is measured until a canary is given up.
const INTERVALS: usize = 2;
/// The pauses of a release that is good: long enough for the calls, and for some measurements after them.
const PAUSES: [u64; 2] = [330, 90];
/// What is left as it is takes five minutes for each.
const SHIPPED_PAUSES: [u64; 2] = [300, 300];
const DECIDED_WITHIN: Duration = Duration::from_secs(300);
const PROMOTED_WITHIN: Duration = Duration::from_secs(600);
/// How long until Prometheus has counted a call: two rounds.
const COUNTED_WITHIN: Duration = Duration::from_secs(45);
const PULSE: Duration = Duration::from_secs(1);

/// Releases a good version, one that fails, and one that is slow.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(people::impatient(layout, &format!("canary{number}"), Role::Client).await?);
    }
    release::set_pauses(kubectl, &PAUSES)?;
    let good = good(layout, kubectl, &people).await;
    let bad = match &good {
        Ok(_) => bad(kubectl, &people).await,
        Err(_) => Ok(String::new()),
    };
    release::set_pauses(kubectl, &SHIPPED_PAUSES)?;
    Ok(format!("{}; {}", good?, bad?))
}

/// A version that is as good as the one before: its share, who asks for it, and that it comes through.
async fn good(layout: &Layout, kubectl: &Kubectl, people: &[Client]) -> anyhow::Result<String> {
    let prometheus = Prometheus::find(kubectl)?;
    let release = Release::same(kubectl)?;
    release.started().await?;
    // The sidecars have heard of it when nothing comes of what is sent to nobody.
    let before = Counted::settled(&prometheus).await?;
    let mut seen = load::calls(people, CALLERS, AT_MOST_EVERY, CALLS).await?;
    ensure!(seen.failures.is_empty(), "{} calls failed: {}", seen.failures.len(), seen.some_failures());
    let after = Counted::grown_by(&prometheus, before, CALLS).await?;
    let slow = seen.slow().as_millis();
    let (canary, all) = (after.canary - before.canary, after.all() - before.all());
    let share = canary / all;
    ensure!((share - SHARE).abs() <= TOLERANCE, "the canary got {canary} of {all} calls");
    for number in 0..PINNED {
        ask_for_canary(layout, &people[0], ASKING[number % ASKING.len()])?;
    }
    let pinned = Counted::grown_by(&prometheus, after, PINNED).await?;
    let elsewhere = pinned.stable - after.stable;
    ensure!(elsewhere < 0.5, "{elsewhere} of {PINNED} calls that asked for the canary got another");
    let load = Load::start(people, CALLERS, EVERY);
    let promoted = release.promoted(PROMOTED_WITHIN).await;
    let seen = load.stop().await?;
    let took = promoted?.as_secs();
    ensure!(seen.failures.is_empty(), "{} calls failed meanwhile: {}", seen.failures.len(), seen.some_failures());
    Ok(format!(
        "{canary} of {all} calls ({:.1} %, 99 of 100 within {slow} ms) went to the canary, and all {PINNED} that asked \
         for it; as good as before, it was promoted after {took} s, and none of {} calls meanwhile was lost",
        share * 100.0,
        seen.calls
    ))
}

/// Two versions that are worse than the one before.
async fn bad(kubectl: &Kubectl, people: &[Client]) -> anyhow::Result<String> {
    // It looks for the keys of tokens where they are not, so it can believe nobody: every call is UNAVAILABLE, at HTTP
    // status 200.
    let elsewhere = "http://users.labelmesh.svc.cluster.local:8080";
    let release = Release::with(kubectl, "TASKS__BASICS__IDENTITY__AUTH__ENDPOINTS", elsewhere)?;
    let fails = rolled_back(kubectl, people, release, "faults").await.context("one that fails")?;
    let url = release::secret(kubectl, "TASKS__DATABASE__URL")?;
    let far = url.replace(&format!(":{POSTGRES}/"), &format!(":{SLOW_POSTGRES}/"));
    ensure!(far != url, "the database is not at port {POSTGRES}");
    let release = Release::with(kubectl, "TASKS__DATABASE__URL", &far)?;
    let slow = rolled_back(kubectl, people, release, "latency").await.context("one that is slow")?;
    Ok(format!("one that fails every call {fails}; one whose database is far away {slow}"))
}

/// Has the analysis find out, and goes back to what was before.
async fn rolled_back(
    kubectl: &Kubectl,
    people: &[Client],
    release: Release,
    because_of: &str,
) -> anyhow::Result<String> {
    let load = Load::start(people, CALLERS, EVERY);
    let decided = async {
        release.started().await?;
        release.given_up(DECIDED_WITHIN).await
    };
    let decided = decided.await;
    let seen = load.stop().await?;
    release::undo(kubectl, "tasks").await?;
    let verdict = decided?;
    let (_, measured) = verdict
        .failed
        .iter()
        .find(|(name, _)| name == because_of)
        .with_context(|| format!("it was given up for {:?} and not for {because_of}", verdict.failed))?;
    ensure!(*measured <= INTERVALS, "{because_of} was measured {measured} times");
    Ok(format!(
        "was given up after {} s, {because_of} having been measured {measured} times; {} of {} calls failed meanwhile",
        verdict.took.as_secs(),
        seen.failures.len(),
        seen.calls
    ))
}

/// A call with a header that asks for the canary, by a client that others wrote.
fn ask_for_canary(layout: &Layout, client: &Client, asking: &str) -> anyhow::Result<()> {
    let token = client.token().context("signed in")?;
    let mut call = command(layout.fetched("../clients/bin/grpcurl"), ["-cacert"]);
    call.arg(layout.state("servers/ca.crt")).args(["-H", &format!("authorization: Bearer {token}")]);
    call.args(["-H", asking, "-d", "{}", &format!("{HOST}:443"), METHOD]);
    output(&mut call).map(|_| ())
}

/// How many calls each version has answered, as Prometheus knows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Counted {
    canary: f64,
    stable: f64,
}

impl Counted {
    async fn now(prometheus: &Prometheus) -> anyhow::Result<Self> {
        let of = format!("rpc_server_call_duration_seconds_count{{service=\"tasks\", rpc_method=\"{METHOD}\"}}");
        let series = prometheus.query(&format!("sum by (version) ({of})")).await?;
        let of = |version: &str| series.iter().find(|series| series.label("version") == version);
        let count = |version: &str| of(version).map_or(0.0, |series| series.value());
        Ok(Self { canary: count("canary"), stable: count("stable") })
    }

    fn all(self) -> f64 {
        self.canary + self.stable
    }

    /// When nobody calls: what does not change for longer than Prometheus takes from one look to the next.
    async fn settled(prometheus: &Prometheus) -> anyhow::Result<Self> {
        let mut last = Self::now(prometheus).await?;
        let mut since = Instant::now();
        let deadline = since + 3 * COUNTED_WITHIN;
        while since.elapsed() < COUNTED_WITHIN / 2 {
            ensure!(Instant::now() < deadline, "somebody else calls, too: {last:?}");
            sleep(PULSE).await;
            let now = Self::now(prometheus).await?;
            if now != last {
                (last, since) = (now, Instant::now());
            }
        }
        Ok(last)
    }

    /// When so many more calls are counted.
    async fn grown_by(prometheus: &Prometheus, before: Self, calls: usize) -> anyhow::Result<Self> {
        let deadline = Instant::now() + COUNTED_WITHIN;
        loop {
            let now = Self::now(prometheus).await?;
            // So many that a float has them exactly.
            if now.all() - before.all() >= calls as f64 {
                return Self::settled(prometheus).await;
            }
            ensure!(Instant::now() < deadline, "of {calls} calls {} are counted", now.all() - before.all());
            sleep(PULSE).await;
        }
    }
}
