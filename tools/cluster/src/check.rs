//! `./dev cluster test`: what the manifests promise, tried on the running cluster.

mod autoscale;
mod blue_green;
mod callers;
mod canary;
mod drain;
mod fault;
mod load;
mod metrics;
mod once;
mod outliers;
pub(crate) mod people;
mod plain;
mod release;
mod restart;
mod session;
mod trace;
mod traffic;

use std::{
    convert::Infallible,
    io::{self, Write as _},
    iter,
    process::Command,
};

use anyhow::{Context as _, ensure};
use clap::ValueEnum as _;

pub(crate) use self::callers::probe;
use crate::{
    autoscalers::{self, Bounds},
    inside::{self, HOST},
    kubectl::Kubectl,
    layout::Layout,
};

/// What to try.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// These alone; without any, all of them.
    #[arg(value_enum)]
    checks: Vec<Check>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Check {
    /// Who does not speak mutual TLS is not heard.
    Plain,
    /// Every service may call what the contract says, and nothing else.
    Callers,
    /// A client and an operator, from signing up to the results, through the ingress.
    Session,
    /// Prometheus reads the metrics of every pod.
    Metrics,
    /// One trace joins the ingress, both sidecars of every call, and the services.
    Trace,
    /// One of two replicas that fails, or is slow, is hidden by the other.
    Outliers,
    /// A call that changes something and is not answered in time changes it once.
    Once,
    /// All services are started anew under load, and no call is lost.
    Restart,
    /// A drain of the node keeps every budget and loses no call, and goes on when there is room.
    Drain,
    /// A canary gets its share and whoever asks for it; a bad one is given up, a good one promoted.
    Canary,
    /// A new gateway is seen by who asks for it, has all calls when it is promoted, and none when it is taken back.
    BlueGreen,
    /// Every autoscaler has more replicas under load, and as few as before afterwards.
    Autoscale,
}

impl Check {
    /// Makes it, with no more replicas than it is about; says what was found.
    async fn make(self, layout: &Layout, kubectl: &Kubectl) -> anyhow::Result<String> {
        let bounds = Bounds::AboveLeast(u64::from(self == Self::Autoscale));
        let check = async {
            match self {
                Self::Plain => plain::check(kubectl).await,
                Self::Callers => callers::check(kubectl).await,
                Self::Session => session::check(layout).await,
                Self::Metrics => metrics::check(kubectl).await,
                Self::Trace => trace::check(layout, kubectl).await,
                Self::Outliers => outliers::check(layout, kubectl).await,
                Self::Once => once::check(layout, kubectl).await,
                Self::Restart => restart::check(layout, kubectl).await,
                Self::Drain => drain::check(layout, kubectl).await,
                Self::Canary => canary::check(layout, kubectl).await,
                Self::BlueGreen => blue_green::check(layout, kubectl).await,
                Self::Autoscale => autoscale::check(layout, kubectl).await,
            }
        };
        autoscalers::held(kubectl, bounds, check).await
    }
}

/// Becomes a process in the cluster's network, which does the rest in [`run_inside`].
///
/// # Errors
/// If no cluster is up, or the process can't be started.
pub(crate) fn run(options: &Options, layout: &Layout) -> anyhow::Result<Infallible> {
    let named = options.checks.iter().filter_map(Check::to_possible_value).map(|value| value.get_name().to_owned());
    inside::enter(layout, iter::once("test-inside".to_owned()).chain(named))
}

/// Prints what a plain address answers.
///
/// # Errors
/// If it does not answer.
pub(crate) async fn fetch(url: &str) -> anyhow::Result<()> {
    let answer = labelmesh_servers::http_client().get(url).send().await?;
    print!("{}", answer.text().await?);
    Ok(())
}

/// Makes all checks, says what each found, and fails if one does.
///
/// # Errors
/// If a promise is broken.
pub(crate) fn run_inside(options: &Options, layout: &Layout) -> anyhow::Result<()> {
    inside::settle(layout)?;
    let kubectl = Kubectl::find(layout)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut broken = 0;
    for &check in Check::value_variants() {
        if !options.checks.is_empty() && !options.checks.contains(&check) {
            continue;
        }
        let name = check.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        print!("{name}: ");
        io::stdout().flush()?;
        match runtime.block_on(check.make(layout, &kubectl)) {
            Ok(found) => println!("{found}"),
            Err(error) => {
                broken += 1;
                println!("BROKEN: {error:#}");
            }
        }
    }
    ensure!(broken == 0, "{broken} of the checks failed");
    Ok(())
}

/// A pod of ours.
#[derive(Debug, Clone)]
struct Pod {
    name: String,
    service: String,
    address: String,
}

/// All pods of the services that run.
fn pods(kubectl: &Kubectl) -> anyhow::Result<Vec<Pod>> {
    let pods = kubectl.get(&["--namespace", "labelmesh", "pods", "--field-selector=status.phase=Running"])?;
    let pods = pods["items"].as_array().context("a list")?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let pod = |pod: &serde_json::Value| Pod {
        name: text(&pod["metadata"]["name"]),
        service: text(&pod["metadata"]["labels"]["app.kubernetes.io/name"]),
        address: text(&pod["status"]["podIP"]),
    };
    Ok(pods.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null()).map(pod).collect())
}

/// The items of a list; none where it is none.
pub(crate) fn array(value: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    value.as_array().into_iter().flatten()
}

/// A command in the network of a pod, whose sidecar sees what it sends.
fn in_pod(kubectl: &Kubectl, pod: &Pod) -> anyhow::Result<Command> {
    let sandbox = kubectl.sandbox(&pod.name)?;
    let mut command = kubectl.in_mounts("nsenter");
    command.arg(format!("--net={sandbox}")).arg("--");
    Ok(command)
}
