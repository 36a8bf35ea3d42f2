//! `./dev up --scale N`: as many workers of renditions as there is to do, by the formula of the ScaledObject in
//! `deploy/kubernetes/components/scale-to-zero`, and as many replicas of tasks and subtasks as their CPU asks for, as
//! the HorizontalPodAutoscalers in `deploy/kubernetes/base` have them: as real processes.

use std::{collections::BTreeMap, time::Duration};

use labelmesh_cluster::{Autoscaler, Cluster, Rule, Service};
use labelmesh_servers::http_client;
use tokio::time::Instant;

/// For how many jobs that wait there is a worker.
const JOBS_A_WORKER: f64 = 40.0;
/// How long nothing has waited before there is no worker any more. On Kubernetes it is longer: pods start slower.
const IDLE: Duration = Duration::from_secs(20);

/// The services whose replicas follow what they use.
const SCALED: [Service; 2] = [Service::Tasks, Service::Subtasks];
/// How many processors a replica is to use: 80 % of what it requests on Kubernetes.
const TARGET: f64 = 0.08;
/// How often it is looked, and for how long fewer replicas have been enough before there are fewer. On Kubernetes it is
/// longer.
const EVERY: Duration = Duration::from_secs(10);
const QUIET: Duration = Duration::from_secs(60);

/// How many replicas there may become where so many are wanted at most.
pub(crate) fn most(most: usize) -> BTreeMap<Service, usize> {
    SCALED.into_iter().map(|service| (service, most)).collect()
}

/// Starts and stops workers and replicas.
#[derive(Debug)]
pub(crate) struct Scaler {
    most: usize,
    /// When something waited last.
    busy_at: Instant,
    services: Vec<Autoscaler>,
    /// When the services were looked at last.
    looked_at: Instant,
}

impl Scaler {
    /// One that wants so many workers at most, and of each service no fewer replicas than so many and no more than the
    /// workers.
    pub(crate) fn new(most: usize, least: usize, now: Instant) -> Self {
        let rule = Rule { least, most, target: TARGET, quiet: QUIET };
        let services = SCALED.into_iter().map(|service| Autoscaler::new(service, rule)).collect();
        Self { most, busy_at: now, services, looked_at: now }
    }

    /// Starts or stops what is to be, and says what it does.
    ///
    /// # Errors
    /// If something can't be started.
    pub(crate) async fn scale(&mut self, cluster: &Cluster) -> anyhow::Result<Vec<String>> {
        let mut said: Vec<String> = self.scale_workers(cluster).await?.into_iter().collect();
        if self.looked_at.elapsed() >= EVERY {
            self.looked_at = Instant::now();
            for service in &mut self.services {
                said.extend(service.look(cluster).await?);
            }
        }
        Ok(said)
    }

    /// How many workers there are to be where there are so many, and so many jobs wait. There are more at once, and
    /// fewer when nothing has waited for a while.
    fn wanted(&mut self, workers: usize, pending: f64, now: Instant) -> usize {
        if pending > 0.0 {
            self.busy_at = now;
            // As many as are started on a machine.
            let wanted = (pending / JOBS_A_WORKER).ceil() as usize;
            return wanted.clamp(1, self.most.max(1)).max(workers);
        }
        if now.duration_since(self.busy_at) < IDLE { workers } else { 0 }
    }

    async fn scale_workers(&mut self, cluster: &Cluster) -> anyhow::Result<Option<String>> {
        let Some(pending) = pending(cluster).await else { return Ok(None) };
        let workers = cluster.workers().await;
        let wanted = self.wanted(workers, pending, Instant::now());
        for _ in workers..wanted {
            cluster.add_worker().await?;
        }
        for _ in wanted..workers {
            cluster.remove_worker().await;
        }
        Ok((wanted != workers).then(|| format!("{pending} pictures wait: {workers} workers became {wanted}")))
    }
}

/// How many jobs wait, as a replica of renditions measures it; none where none answers.
async fn pending(cluster: &Cluster) -> Option<f64> {
    for address in cluster.admin_addresses(Service::Renditions).await {
        let url = format!("http://{address}/metrics");
        let Ok(answer) = http_client().get(url).timeout(Duration::from_secs(1)).send().await else { continue };
        if let Ok(text) = answer.text().await {
            return Some(sum(&text));
        }
    }
    None
}

/// The sum of what waits of all kinds.
fn sum(metrics: &str) -> f64 {
    let series = metrics.lines().filter(|line| line.starts_with("renditions_jobs_pending{"));
    series.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_there_is_to_do_and_none_after_a_while_of_nothing() {
        let start = Instant::now();
        let mut scaler = Scaler::new(4, 1, start);
        assert_eq!(scaler.wanted(0, 0.0, start + IDLE), 0);
        assert_eq!(scaler.wanted(0, 1.0, start), 1);
        assert_eq!(scaler.wanted(1, 41.0, start), 2);
        assert_eq!(scaler.wanted(2, 1000.0, start), 4);
        assert_eq!(scaler.wanted(4, 1.0, start), 4, "not fewer while something waits");
        assert_eq!(scaler.wanted(4, 0.0, start + IDLE / 2), 4);
        assert_eq!(scaler.wanted(4, 0.0, start + IDLE), 0);
    }

    #[test]
    fn all_kinds_count() {
        let metrics = "# TYPE renditions_jobs_pending gauge\nrenditions_jobs_pending{kind=\"crop\"} 3\n\
                       renditions_jobs_pending{kind=\"resize\"} 2\nrenditions_jobs_oldest_seconds{kind=\"crop\"} 9\n";
        assert_eq!(sum(metrics), 5.0);
    }
}
