//! As many replicas of a service as the CPU that they use asks for, by the rules of Kubernetes's
//! HorizontalPodAutoscaler: <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale>.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use anyhow::Context as _;
use labelmesh_servers::http_client;
use reqwest::Client;
use tokio::time::Instant;

use crate::{Cluster, Service};

/// How far from the target the mean of the replicas may be before anything is done: Kubernetes's own.
const TOLERANCE: f64 = 0.1;
/// A replica that does not answer after this long is not measured.
const PATIENCE: Duration = Duration::from_secs(1);
const CPU_SECONDS: &str = "process_cpu_seconds_total ";

/// What a service used from one look to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usage {
    /// How many replicas there are.
    pub replicas: usize,
    /// Of how many of them it is known what they used: of those that answered, now and at an earlier look.
    pub measured: usize,
    /// How many processors these used together, on the mean.
    pub cores: f64,
}

/// Looks at what the replicas of a service use.
#[derive(Debug)]
pub struct Meter {
    service: Service,
    http: Client,
    /// When a replica was looked at last, by its address, and how many seconds of CPU it had used by then.
    seen: BTreeMap<String, (Instant, f64)>,
}

impl Meter {
    /// One that has not looked yet.
    #[must_use]
    pub fn new(service: Service) -> Self {
        Self { service, http: http_client(), seen: BTreeMap::new() }
    }

    /// What was used since the last look.
    pub async fn look(&mut self, cluster: &Cluster) -> Usage {
        let addresses = cluster.admin_addresses(self.service).await;
        let mut usage = Usage { replicas: addresses.len(), measured: 0, cores: 0.0 };
        let mut seen = BTreeMap::new();
        for address in addresses {
            let before = self.seen.remove(&address);
            let Ok(seconds) = self.cpu_seconds(&address).await else {
                // It is measured when it answers again, over the whole time.
                seen.extend(before.map(|before| (address, before)));
                continue;
            };
            let now = Instant::now();
            // A process that was started anew at the same place has used less.
            if let Some((then, before)) = before.filter(|(_, before)| *before <= seconds) {
                usage.measured += 1;
                usage.cores += (seconds - before) / now.duration_since(then).as_secs_f64().max(0.001);
            }
            seen.insert(address, (now, seconds));
        }
        self.seen = seen;
        usage
    }

    async fn cpu_seconds(&self, address: &str) -> anyhow::Result<f64> {
        let answer = self.http.get(format!("http://{address}/metrics")).timeout(PATIENCE).send().await?;
        let metrics = answer.text().await?;
        let line = metrics.lines().find_map(|line| line.strip_prefix(CPU_SECONDS));
        Ok(line.context("it does not say what CPU it used")?.parse()?)
    }
}

/// How many replicas there are to be.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// No fewer.
    pub least: usize,
    /// No more.
    pub most: usize,
    /// How many processors each is to use, such as 0.08.
    pub target: f64,
    /// For how long fewer have been enough before there are fewer.
    pub quiet: Duration,
}

/// Has as many replicas of a service as a rule asks for.
#[derive(Debug)]
pub struct Autoscaler {
    service: Service,
    meter: Meter,
    rule: Rule,
    /// How many would have been enough, and when that was seen, for as long as the quiet time.
    enough: VecDeque<(Instant, usize)>,
}

impl Autoscaler {
    /// One for a service, which has to have room for so many ([`Settings::most`](crate::Settings::most)).
    #[must_use]
    pub fn new(service: Service, rule: Rule) -> Self {
        Self { service, meter: Meter::new(service), rule, enough: VecDeque::new() }
    }

    /// Looks at what was used since the last look, starts or stops replicas, and says what it does. To be called every
    /// few seconds: CPU is counted in hundredths of a second.
    ///
    /// # Errors
    /// If a replica does not become ready.
    pub async fn look(&mut self, cluster: &Cluster) -> anyhow::Result<Option<String>> {
        let usage = self.meter.look(cluster).await;
        let wanted = self.wanted(usage, Instant::now());
        if wanted == usage.replicas {
            return Ok(None);
        }
        cluster.scale(self.service, wanted).await?;
        let Self { service, .. } = self;
        let Usage { replicas, cores, .. } = usage;
        Ok(Some(format!("{service} uses {:.0} % of a processor: {replicas} replicas became {wanted}", cores * 100.0)))
    }

    /// How many there are to be: more at once, fewer when they have been enough for a while.
    fn wanted(&mut self, usage: Usage, now: Instant) -> usize {
        let Usage { replicas, measured, cores } = usage;
        // What a replica does in order to start is no sign of load.
        if measured < replicas {
            return replicas;
        }
        let load = cores / self.rule.target;
        let enough = if (load / replicas as f64 - 1.0).abs() <= TOLERANCE { replicas } else { load.ceil() as usize };
        let enough = enough.clamp(self.rule.least, self.rule.most.max(self.rule.least));
        if self.enough.is_empty() {
            self.enough.push_back((now, replicas));
        }
        self.enough.push_back((now, enough));
        self.enough.retain(|(seen, _)| now.duration_since(*seen) < self.rule.quiet);
        let lately = self.enough.iter().map(|(_, enough)| *enough).max();
        enough.max(lately.unwrap_or(enough).min(replicas))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_secs(60);
    const RULE: Rule = Rule { least: 1, most: 4, target: 0.1, quiet: QUIET };

    fn used(replicas: usize, cores: f64) -> Usage {
        Usage { replicas, measured: replicas, cores }
    }

    fn scaler() -> Autoscaler {
        Autoscaler::new(Service::Tasks, RULE)
    }

    #[test]
    fn there_are_as_many_as_share_the_load_by_the_target_within_the_bounds() {
        let now = Instant::now();
        assert_eq!(scaler().wanted(used(1, 0.05), now), 1);
        assert_eq!(scaler().wanted(used(1, 0.25), now), 3);
        assert_eq!(scaler().wanted(used(2, 9.0), now), 4);
        assert_eq!(scaler().wanted(used(3, 0.0), now), 3, "not fewer at the first look");
    }

    #[test]
    fn a_load_that_is_close_to_the_target_changes_nothing() {
        let now = Instant::now();
        assert_eq!(scaler().wanted(used(2, 0.219), now), 2);
        assert_eq!(scaler().wanted(used(2, 0.221), now), 3);
    }

    #[test]
    fn there_are_fewer_when_they_were_enough_for_a_while() {
        let start = Instant::now();
        let mut scaler = scaler();
        assert_eq!(scaler.wanted(used(1, 0.35), start), 4);
        assert_eq!(scaler.wanted(used(4, 0.15), start + QUIET / 2), 4);
        assert_eq!(scaler.wanted(used(4, 0.05), start + QUIET), 2, "what was enough half of that time ago");
        assert_eq!(scaler.wanted(used(2, 0.05), start + QUIET * 3 / 2), 1);
    }

    #[test]
    fn nothing_is_decided_while_a_replica_is_new() {
        let usage = Usage { replicas: 2, measured: 1, cores: 3.0 };
        assert_eq!(scaler().wanted(usage, Instant::now()), 2);
    }
}
