//! One of two replicas that fails, or is slow, is hidden from people by the other.

use std::{env, time::Duration};

use anyhow::{Context as _, ensure};
use labelmesh_sdk::{Client, Role};
use tokio::time::{Instant, sleep};

use super::{
    Pod,
    fault::{self, Fault},
    in_pod,
    load::{self, Load},
    people, pods,
};
use crate::{command::output, kubectl::Kubectl, layout::Layout};

const SERVICE: &str = "tasks";
const CALLERS: usize = 4;
/// Eight callers that begin a call as often as that make 20 calls a second.
const EVERY: Duration = Duration::from_millis(400);
/// How many calls tell how it is, with a fault and without.
const CALLS: usize = 400;
/// How long until a sidecar has heard of a fault, and every caller's has met it.
const FOUND_WITHIN: Duration = Duration::from_secs(60);
const PULSE: Duration = Duration::from_millis(500);
/// How Envoy marks who is left out for its failures.
const LEFT_OUT: &str = "/failed_outlier_check";

/// Has one replica fail, then be slow, while people call.
pub(super) async fn check(layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
    let mut people = Vec::new();
    for number in 0..2 {
        people.push(people::impatient(layout, &format!("outlier{number}"), Role::Client).await?);
    }
    let pods = pods(kubectl)?;
    let of = |service: &str| pods.iter().filter(|pod| pod.service == service).cloned().collect::<Vec<_>>();
    let (replicas, callers) = (of(SERVICE), of("gateway"));
    ensure!(replicas.len() == 2, "{SERVICE} has {} replicas and not two", replicas.len());
    let pod = &replicas[0];
    let mut usual = load::calls(&people, CALLERS, EVERY, CALLS).await?;
    ensure!(usual.failures.is_empty(), "calls fail without a fault: {}", usual.some_failures());
    let usual = usual.median();
    let failing = failing(kubectl, &people, pod, &callers).await;
    fault::heal(kubectl, pod).await?;
    let failing = failing?;
    fault::plant(kubectl, pod, Fault::Late)?;
    let late = late(&people, usual).await;
    fault::heal(kubectl, pod).await?;
    Ok(format!("{failing}; {}", late?))
}

/// Whoever calls leaves a replica out that fails, and nobody notices.
async fn failing(kubectl: &Kubectl, people: &[Client], pod: &Pod, callers: &[Pod]) -> anyhow::Result<String> {
    let load = Load::start(people, CALLERS, EVERY);
    fault::plant(kubectl, pod, Fault::Unavailable)?;
    let began = Instant::now();
    let found = async {
        loop {
            let mut leave_out = 0;
            for caller in callers {
                leave_out += usize::from(leaves_out(kubectl, caller, pod)?);
            }
            if leave_out == callers.len() {
                return anyhow::Ok(began.elapsed());
            }
            ensure!(
                began.elapsed() < FOUND_WITHIN,
                "{leave_out} of {} callers leave {} out, which fails",
                callers.len(),
                pod.name
            );
            sleep(PULSE).await;
        }
    };
    let found = found.await;
    let seen = load.stop().await?;
    let found = found?.as_secs();
    ensure!(
        seen.failures.is_empty(),
        "{} of {} calls failed for one replica: {}",
        seen.failures.len(),
        seen.calls,
        seen.some_failures()
    );
    Ok(format!(
        "a replica that fails every call was left out by all {} callers within {found} s, and none of {} calls failed",
        callers.len(),
        seen.calls
    ))
}

/// A replica that is slow gets few calls.
async fn late(people: &[Client], usual: Duration) -> anyhow::Result<String> {
    let mut seen = load::calls(people, CALLERS, EVERY, CALLS).await?;
    ensure!(seen.failures.is_empty(), "{} calls failed: {}", seen.failures.len(), seen.some_failures());
    let slow = seen.took.iter().filter(|took| **took > Fault::LATE).count();
    let median = seen.median();
    // With every second call sent there, the median would be near half a second.
    ensure!(slow * 3 < CALLS, "{slow} of {CALLS} calls waited for the replica that is slow");
    Ok(format!(
        "one that is half a second late got {slow} of {CALLS} calls; half of all took at most {} ms, {} ms without it",
        median.as_millis(),
        usual.as_millis()
    ))
}

/// Whether the sidecar of a caller leaves a replica out.
fn leaves_out(kubectl: &Kubectl, caller: &Pod, replica: &Pod) -> anyhow::Result<bool> {
    let mut fetch = in_pod(kubectl, caller)?;
    fetch.arg(env::current_exe()?).args(["fetch", "http://127.0.0.1:15000/clusters"]);
    let clusters = output(&mut fetch).with_context(|| format!("the sidecar of {}", caller.name))?;
    let address = format!("::{}:8080::health_flags::", replica.address);
    let of_service = format!("{SERVICE}.labelmesh.svc.cluster.local");
    let mut lines = clusters.lines().filter(|line| line.contains(&of_service) && line.contains(&address));
    Ok(lines.any(|line| line.contains(LEFT_OUT)))
}
