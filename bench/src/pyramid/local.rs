//! A system of its own on this machine, one replica of each service, with the launcher's autoscaler.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use futures::future::{join_all, select_all};
use labelmesh_cluster::{Autoscaler, Cluster, Meter, Rule, Service, Settings};
use labelmesh_sdk::{Client, Retries, Role};
use tokio::{
    sync::Mutex,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{
    Options, SCALED,
    place::{Looks, Place, Seen},
};
use crate::system::{person, settings};

/// The system.
pub(super) struct Local {
    cluster: Cluster,
    meters: Mutex<Vec<(Service, Meter)>>,
    rules: [(Service, Rule); SCALED.len()],
    every: Duration,
}

impl Local {
    pub(super) async fn start(options: &Options) -> Result<Self> {
        let most = BTreeMap::from(SCALED.map(|service| (service, options.most)));
        let mut settings = Settings { replicas: 1, workers: 0, most, ..settings()? };
        // A client opens a task with each iteration.
        settings.environment.push(("TASKS__QUOTAS__OPEN_TASKS".to_owned(), "0".to_owned()));
        let rule = |service| {
            let target = if service == Service::Tasks { options.tasks_target } else { options.subtasks_target };
            let target = f64::from(target) / 1_000.0;
            (service, Rule { least: 1, most: options.most, target, quiet: options.quiet() })
        };
        let meters = Service::ALL.map(|service| (service, Meter::new(service)));
        Ok(Self {
            cluster: Cluster::start(settings).await?,
            meters: Mutex::new(meters.into()),
            rules: SCALED.map(rule),
            every: options.look(),
        })
    }

    pub(super) async fn stop(self) {
        self.cluster.stop().await;
    }

    async fn follow_one(&self, service: Service, rule: Rule) -> anyhow::Error {
        let mut autoscaler = Autoscaler::new(service, rule);
        let mut looks = interval_at(Instant::now(), self.every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            match autoscaler.look(&self.cluster).await {
                Ok(None) => {}
                Ok(Some(said)) => eprintln!("{said}"),
                Err(error) => return error,
            }
        }
    }
}

impl Place for Local {
    async fn person(&self, name: &str, role: Role) -> Result<Client> {
        let retries = Retries { tries: 1, ..Retries::default() };
        let stranger = Client::builder(self.cluster.gateway()).retries(retries).build()?;
        person(&stranger, name, role).await
    }

    async fn settle(&self) -> Result<()> {
        Ok(())
    }

    async fn look(&self) -> Result<Looks> {
        let mut meters = self.meters.lock().await;
        let looking = meters.iter_mut().map(async |(service, meter)| {
            let usage = meter.look(&self.cluster).await;
            (service.name(), Seen::of(usage.replicas, usage.measured, usage.cores))
        });
        Ok(join_all(looking).await.into_iter().collect())
    }

    async fn follow(&self) -> anyhow::Error {
        let following = self.rules.iter().map(|&(service, rule)| Box::pin(self.follow_one(service, rule)));
        let (failed, _, _) = select_all(following).await;
        failed
    }
}
