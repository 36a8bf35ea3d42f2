//! Labelmesh on the running cluster, for measurements.

use std::{collections::BTreeMap, convert::Infallible, ffi::OsStr, time::Duration};

use labelmesh_sdk::{Client, Role};

use crate::{
    autoscalers::{self, Autoscaler, Bounds},
    check::{array, people},
    inside,
    kubectl::Kubectl,
    layout::Layout,
};

/// What metrics-server knows of our pods.
const METRICS: &str = "/apis/metrics.k8s.io/v1beta1/namespaces/labelmesh/pods";

/// The installation on the running cluster.
#[derive(Debug, Clone)]
pub struct Installation {
    layout: Layout,
    kubectl: Kubectl,
}

/// What a service has and uses.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// How many replicas can be called.
    pub replicas: usize,
    /// Of how many pods it is known what they use.
    pub measured: usize,
    /// How many processors the service's own containers in these use together, on the mean of some 15 s.
    pub cores: f64,
}

impl Installation {
    /// Becomes a process of the same program in the cluster's network, with these arguments. It is to call
    /// [`Self::find`].
    ///
    /// # Errors
    /// If no cluster is up, or the process can't be started.
    pub fn enter<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> anyhow::Result<Infallible> {
        inside::enter(&Layout::locate()?, arguments)
    }

    /// Finds it, from within the cluster's network.
    ///
    /// # Errors
    /// If no cluster is up, or this process is not in its network.
    pub fn find() -> anyhow::Result<Self> {
        let layout = Layout::locate()?;
        inside::settle(&layout)?;
        Ok(Self { kubectl: Kubectl::find(&layout)?, layout })
    }

    /// Somebody who has signed up, confirmed the address by the mail that came, and signed in; each of whose calls is
    /// made once.
    ///
    /// # Errors
    /// If that is refused, or no mail comes.
    pub async fn person(&self, name: &str, role: Role) -> anyhow::Result<Client> {
        people::impatient(&self.layout, name, role).await
    }

    /// Does something while every autoscaler asks for so many replicas at most, or for fewer where it says so, and for
    /// fewer than there are as soon as those have been enough for a quiet time.
    ///
    /// # Errors
    /// If there stay more, as kubectl says, and as the work fails. What autoscalers say is put back in any case.
    pub async fn with_autoscalers<T>(
        &self,
        most: u64,
        quiet: Duration,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        autoscalers::held(&self.kubectl, Bounds::Most { replicas: most, quiet }, work).await
    }

    /// Waits until every autoscaler has as few replicas as may be, and no reason for more.
    ///
    /// # Errors
    /// If that takes longer than they say themselves, or as kubectl says.
    pub async fn quiet(&self) -> anyhow::Result<()> {
        autoscalers::quiet(&self.kubectl, &Autoscaler::all(&self.kubectl)?).await.map(|_| ())
    }

    /// What each service that has an autoscaler has and uses, by its name. Runs kubectl and waits for it.
    ///
    /// # Errors
    /// As kubectl says.
    pub fn usage(&self) -> anyhow::Result<BTreeMap<String, Usage>> {
        let looks = autoscalers::look(&self.kubectl)?;
        let metrics: serde_json::Value = serde_json::from_str(&self.kubectl.run(&["get", "--raw", METRICS])?)?;
        let mut usage = BTreeMap::new();
        for (name, look) in looks {
            let replicas = usize::try_from(look.replicas)?;
            usage.insert(name, Usage { replicas, ..Usage::default() });
        }
        for container in array(&metrics["items"]).flat_map(|pod| array(&pod["containers"])) {
            // A service's own container bears its name; what the sidecar uses is not the service's.
            let Some(usage) = container["name"].as_str().and_then(|name| usage.get_mut(name)) else { continue };
            let Some(cores) = container["usage"]["cpu"].as_str().and_then(cores) else { continue };
            usage.measured += 1;
            usage.cores += cores;
        }
        Ok(usage)
    }
}

/// Processors, from how Kubernetes writes them: `1`, `250m`, `12345678n`.
fn cores(quantity: &str) -> Option<f64> {
    let (digits, unit) = match quantity.char_indices().last()? {
        (at, 'm') => (&quantity[..at], 1e-3),
        (at, 'u') => (&quantity[..at], 1e-6),
        (at, 'n') => (&quantity[..at], 1e-9),
        _ => (quantity, 1.0),
    };
    digits.parse::<f64>().ok().map(|number| number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_read_in_every_unit_that_kubernetes_writes() {
        for (quantity, expected) in [("0", 0.0), ("2", 2.0), ("250m", 0.25), ("250000u", 0.25), ("250000000n", 0.25)] {
            let read = cores(quantity).unwrap();
            assert!((read - expected).abs() < 1e-12, "{quantity} is {read}");
        }
        assert_eq!(cores("many"), None);
        assert_eq!(cores(""), None);
    }
}
