//! A node is drained under load: budgets hold the drain up until there is room elsewhere, and no call is lost. There is
//! one node, so room is made by taking it back into service, as if a second one had come.

mod budgets;
mod eviction;
mod ill;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, ensure};
use tokio::time::{Instant, sleep};

use self::{
    budgets::{Budget, Watch},
    eviction::Eviction,
};
use super::{Pod, pods, traffic::Traffic};
use crate::{deploy, kubectl::Kubectl, layout::Layout};

/// How long until every budget has refused a pod, and again when kubectl tries five seconds later.
const HELD_WITHIN: Duration = Duration::from_secs(60);
/// How often a pod is refused until it is believed that kubectl goes on trying.
const REFUSALS: usize = 2;
/// How long a drain may take from when there is room: the successors of the pods that went first have to be ready, and
/// then the others end.
const DRAINED_WITHIN: Duration = Duration::from_secs(420);
const PULSE: Duration = Duration::from_millis(500);

/// Drains the node while people call, and has an ill pod evicted afterwards.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    ready(kubectl).await?;
    let node = node(kubectl)?;
    let budgets = Budget::all(kubectl).await?;
    let traffic = Traffic::start(layout, "drained").await?;
    let drained = drain(layout, kubectl, &node, &budgets).await;
    let back = uncordon(kubectl, &node);
    let drained = match (drained, back) {
        (Ok(drained), Ok(())) => ready(kubectl).await.map(|()| drained),
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    };
    let seen = traffic.stop().await?;
    let drained = drained?;
    Ok(format!("{drained}; {}; {}", seen.lossless()?, ill::check(kubectl).await?))
}

/// Drains the node as an operator does, makes room when every budget has held, and waits until the drain has come
/// through by itself; watches meanwhile that nobody has fewer pods than its budget says.
async fn drain(layout: &Layout, kubectl: &Kubectl, node: &str, budgets: &[Budget]) -> anyhow::Result<String> {
    let before = pods(kubectl)?;
    let watch = Watch::start(layout, kubectl, budgets).await?;
    let began = Instant::now();
    let eviction = Eviction::start(layout, kubectl, node)?;
    let holding = held(&eviction, budgets, &before).await?;
    uncordon(kubectl, node)?;
    let held = began.elapsed();
    eviction.succeeds(DRAINED_WITHIN).await?;
    let drained = began.elapsed();
    let is_old = |pod: &&Pod| before.iter().any(|old| old.name == pod.name);
    let left = pods(kubectl)?.iter().filter(is_old).count();
    ensure!(left == 0, "the drain has ended, and {left} of the pods are still there");
    watch.end()?;
    Ok(format!(
        "a drain of the node was held up by {holding} of {} budgets, none of which was broken; when there was room \
         after {} s, it went on, and all {} pods had been replaced after {} s",
        budgets.len(),
        held.as_secs(),
        before.len(),
        drained.as_secs()
    ))
}

/// Waits until every budget that asks for a pod has refused one of its pods to the drain again and again; how many do.
async fn held(eviction: &Eviction, budgets: &[Budget], before: &[Pod]) -> anyhow::Result<usize> {
    let holding: Vec<_> = budgets.iter().filter(|budget| budget.least > 0).collect();
    ensure!(!holding.is_empty(), "no budget asks for a pod");
    let deadline = Instant::now() + HELD_WITHIN;
    loop {
        let refusals = eviction.refusals()?;
        let has_refused = |budget: &&&Budget| most(&refusals, before, &budget.service) >= REFUSALS;
        let yielding: Vec<_> = holding.iter().filter(|budget| !has_refused(budget)).collect();
        if yielding.is_empty() {
            return Ok(holding.len());
        }
        let names: Vec<_> = yielding.iter().map(|budget| &budget.service).collect();
        eviction.goes_on().with_context(|| format!("the budgets of {names:?} have not held"))?;
        ensure!(Instant::now() < deadline, "the budgets of {names:?} hold nothing up");
        sleep(PULSE).await;
    }
}

/// How often the drain was refused the same pod of a service.
fn most(refusals: &BTreeMap<String, usize>, pods: &[Pod], service: &str) -> usize {
    let of_service = pods.iter().filter(|pod| pod.service == service);
    of_service.filter_map(|pod| refusals.get(&pod.name)).copied().max().unwrap_or_default()
}

/// The node that there is.
fn node(kubectl: &Kubectl) -> anyhow::Result<String> {
    let nodes = kubectl.get(&["nodes"])?;
    let name = nodes["items"][0]["metadata"]["name"].as_str();
    name.map(str::to_owned).context("there is no node")
}

fn uncordon(kubectl: &Kubectl, node: &str) -> anyhow::Result<()> {
    kubectl.run(&["uncordon", node]).map(|_| ())
}

/// Waits until all pods are ready.
async fn ready(kubectl: &Kubectl) -> anyhow::Result<()> {
    let kubectl = kubectl.clone();
    tokio::task::spawn_blocking(move || deploy::wait(&kubectl)).await?
}
