//! `./dev up --scale N`: as many workers of renditions as there is to do, by the formula of the ScaledObject in
//! `deploy/kubernetes/components/scale-to-zero`, as real processes.

use std::time::Duration;

use labelmesh_cluster::{Cluster, Service};
use labelmesh_servers::http_client;
use tokio::time::Instant;

/// For how many jobs that wait there is a worker.
const JOBS_A_WORKER: f64 = 40.0;
/// How long nothing has waited before there is no worker any more. On Kubernetes it is longer: pods start slower.
const IDLE: Duration = Duration::from_secs(20);

/// Decides how many workers there are to be.
#[derive(Debug)]
pub(crate) struct Scaler {
    most: usize,
    /// When something waited last.
    busy_at: Instant,
}

impl Scaler {
    /// One that wants so many at most.
    pub(crate) fn new(most: usize, now: Instant) -> Self {
        Self { most, busy_at: now }
    }

    /// How many there are to be where there are so many, and so many jobs wait. There are more at once, and fewer when
    /// nothing has waited for a while.
    fn wanted(&mut self, workers: usize, pending: f64, now: Instant) -> usize {
        if pending > 0.0 {
            self.busy_at = now;
            // As many as are started on a machine.
            let wanted = (pending / JOBS_A_WORKER).ceil() as usize;
            return wanted.clamp(1, self.most.max(1)).max(workers);
        }
        if now.duration_since(self.busy_at) < IDLE { workers } else { 0 }
    }

    /// Starts or stops workers, and says what it does.
    ///
    /// # Errors
    /// If a worker can't be started.
    pub(crate) async fn scale(&mut self, cluster: &Cluster) -> anyhow::Result<Option<String>> {
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
        let mut scaler = Scaler::new(4, start);
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
