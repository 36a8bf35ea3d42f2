//! Replicas and CPU of every service, and the autoscaler that changes the former by the latter.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use futures::future::join_all;
use labelmesh_cluster::{Autoscaler, Cluster, Meter, Rule, Service};
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// What was seen at one look.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sample {
    /// How many seconds after the start.
    pub(super) at: f64,
    pub(super) services: BTreeMap<&'static str, Seen>,
}

/// A service at one look.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Seen {
    pub(super) replicas: usize,
    /// How many processors its replicas used since the look before, together.
    pub(super) cores: f64,
}

/// Looks until the caller has seen enough.
pub(super) async fn watch(cluster: &Cluster, start: Instant, every: Duration, samples: &mut Vec<Sample>) -> Infallible {
    let mut meters = Service::ALL.map(|service| (service, Meter::new(service)));
    let mut looks = interval_at(start, every);
    looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        looks.tick().await;
        let at = start.elapsed().as_secs_f64();
        let looking = meters.iter_mut().map(async |(service, meter)| {
            let usage = meter.look(cluster).await;
            (service.name(), Seen { replicas: usage.replicas, cores: usage.cores })
        });
        samples.push(Sample { at, services: join_all(looking).await.into_iter().collect() });
    }
}

/// Has as many replicas of a service as the rule asks for, until the caller has seen enough; returns why that can't be.
pub(super) async fn follow(cluster: &Cluster, service: Service, rule: Rule, every: Duration) -> anyhow::Error {
    let mut autoscaler = Autoscaler::new(service, rule);
    let mut looks = interval_at(Instant::now(), every);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match autoscaler.look(cluster).await {
            Ok(None) => {}
            Ok(Some(said)) => eprintln!("{said}"),
            Err(error) => return error,
        }
    }
}
