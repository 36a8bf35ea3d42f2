//! Where the replicas of a system are.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use labelmesh_servers::free_port;

use crate::{Service, Settings};

/// For each replica where it answers calls and where it tells how it is.
pub(crate) type Addresses = BTreeMap<Service, Vec<(String, String)>>;

/// Chooses them before anything starts, as everyone must be told of everyone: also of replicas that may come.
pub(crate) fn addresses(settings: &Settings) -> anyhow::Result<Addresses> {
    if settings.replicas == 0 {
        bail!("--replicas must be at least 1");
    }
    let port = || free_port().context("no port is free");
    let mut addresses = Addresses::new();
    for service in Service::ALL {
        let most = settings.most.get(&service).copied().unwrap_or_default().max(settings.replicas);
        for number in 0..most {
            let fixed = settings.gateway_port.filter(|_| service == Service::Gateway && number == 0);
            let port_of_calls = fixed.map_or_else(port, Ok)?;
            let pair = (format!("127.0.0.1:{port_of_calls}"), format!("127.0.0.1:{}", port()?));
            addresses.entry(service).or_default().push(pair);
        }
    }
    Ok(addresses)
}
