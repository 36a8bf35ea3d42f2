//! `./dev cluster admit`: what an API server and Istio say of the manifests, without a node. It needs no root.

mod judge;
mod platform;
mod pods;
mod server;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure};
use labelmesh_manifests::Kustomization;
use tokio::time::Instant;

use self::{platform::Platform, server::Server};
use crate::{layout::Layout, programs::Programs};

/// The programs that it takes.
const NEEDED: [&str; 3] = ["etcd", "kube-apiserver", "istioctl"];

/// What to judge.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// These alone, such as deploy/kubernetes/overlays/production; without any, all that is applied as a whole.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Judge the folders deploy and mesh of this folder in place of the repository's.
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// Where the programs are not built yet, say so and build nothing.
    #[arg(long)]
    if_built: bool,
}

/// Starts an API server, has it take everything that is applied as a whole, one after the other, and ends it.
///
/// # Errors
/// If something is refused, or the API server can't be started.
pub(crate) async fn run(options: &Options, layout: &Layout) -> anyhow::Result<()> {
    let wanted = |name: &str| NEEDED.contains(&name);
    if options.if_built
        && let Some(why) = missing(layout, wanted)
    {
        println!("NOT RUN: {why}; `./dev cluster admit` builds what is missing, once, within half an hour");
        return Ok(());
    }
    let programs = Programs::build(layout, wanted)?;
    let began = Instant::now();
    let say = |step: &str| println!("{:.0} s: {step}", began.elapsed().as_secs_f64());
    let root = options.root.clone().unwrap_or_else(|| layout.source(""));
    let kustomizations = chosen(&root, &options.names)?;
    let server = Server::start(layout, &programs).await?;
    say("an API server");
    let platform = Platform::install(&server, layout, &programs, &root)?;
    say("all kinds, the configuration of Istio, and all Secrets");
    let mut refused = 0;
    for kustomization in &kustomizations {
        let judged = judge::judge(&server, &platform, kustomization)?;
        say(&format!("{}: {} objects and {} pods", kustomization.name(), judged.objects, judged.pods));
        judged.faults.iter().for_each(|fault| println!("  REFUSED {}", fault.replace('\n', "\n    ")));
        refused += usize::from(!judged.faults.is_empty());
    }
    ensure!(refused == 0, "{refused} of {} are refused", kustomizations.len());
    say("everything is admitted");
    Ok(())
}

/// Why nothing can be done before something is built.
fn missing(layout: &Layout, wanted: impl Fn(&str) -> bool) -> Option<String> {
    match Programs::locate(layout) {
        Err(error) => Some(format!("{error:#}")),
        Ok(programs) => {
            let missing = programs.not_built(wanted);
            (!missing.is_empty()).then(|| format!("not built here: {}", missing.join(", ")))
        }
    }
}

/// What is to be judged.
fn chosen(root: &Path, names: &[String]) -> anyhow::Result<Vec<Kustomization>> {
    let mut all = labelmesh_manifests::all(root)?;
    let known: BTreeSet<_> = all.iter().map(|found| found.name().to_owned()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(*name)) {
        bail!("there is no {unknown}, but: {}", known.into_iter().collect::<Vec<_>>().join("; "));
    }
    all.retain(|found| names.is_empty() || names.iter().any(|name| name == found.name()));
    Ok(all)
}
