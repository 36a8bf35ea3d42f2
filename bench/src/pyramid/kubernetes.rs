//! The cluster of `./dev cluster`, through its ingress, with Kubernetes's own autoscalers.

use std::{env, future::pending};

use anyhow::Result;
use labelmesh_cluster::Service;
use labelmesh_dev_cluster::Installation;
use labelmesh_sdk::{Client, Role};
use tokio::task::spawn_blocking;

use super::{
    Options, measure,
    place::{Looks, Place, Seen},
    report::Report,
};

/// Lets everybody work there. Begins anew in the cluster's network.
pub(super) async fn run(options: &Options) -> Result<Report> {
    if !options.inside {
        let again = env::args_os().skip(1).chain(["--inside".into()]);
        match Installation::enter(again)? {}
    }
    let installation = Installation::find()?;
    let most = u64::try_from(options.most)?;
    installation.with_autoscalers(most, options.quiet(), measure(options, &installation)).await
}

impl Place for Installation {
    async fn person(&self, name: &str, role: Role) -> Result<Client> {
        self.person(name, role).await
    }

    async fn settle(&self) -> Result<()> {
        self.quiet().await
    }

    async fn look(&self) -> Result<Looks> {
        let installation = self.clone();
        let usage = spawn_blocking(move || installation.usage()).await??;
        let of = |service: Service| {
            let usage = usage.get(service.name())?;
            Some((service.name(), Seen::of(usage.replicas, usage.measured, usage.cores)))
        };
        Ok(Service::ALL.into_iter().filter_map(of).collect())
    }

    /// Kubernetes does.
    async fn follow(&self) -> anyhow::Error {
        pending().await
    }
}
