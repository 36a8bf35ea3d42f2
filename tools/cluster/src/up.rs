//! `./dev cluster up`: a node of Kubernetes with Istio.

use std::{fs, io::Read as _, thread, time::Duration};

use anyhow::{Context as _, bail};
use tokio::time::Instant;

use crate::{
    down,
    hold::{self, Holder},
    images,
    kubectl::{self, Kubectl},
    layout::{Layout, write},
    machine,
    node::{FAILED, READY, STEPS},
    platform,
    programs::Programs,
};

const PULSE: Duration = Duration::from_millis(50);

/// Builds what is missing, starts the node, and installs Istio on it.
///
/// # Errors
/// If this machine can't, a cluster is up already, or something does not come up.
pub(crate) fn run(layout: &Layout) -> anyhow::Result<()> {
    machine::check()?;
    machine::refuse_if(Holder::find(layout)?.is_some())?;
    down::remove(layout)?;
    let programs = Programs::build(layout, |_| true)?;
    let images = images::prepare(layout, &programs)?;
    let began = Instant::now();
    let names: Vec<_> = images.iter().map(|path| path.to_string_lossy()).collect();
    write(&layout.state("images"), names.join("\n"))?;
    write(&layout.state(STEPS), "")?;
    hold::start(layout)?;
    follow(layout, began)?;
    let kubectl = Kubectl::find(layout)?;
    platform::install(layout, &programs, &kubectl, |step| println!("{} s: {step}", began.elapsed().as_secs()))?;
    println!("\nKubernetes and Istio are up. ./dev cluster deploy installs Labelmesh, ./dev cluster down ends all.");
    println!(
        "  kubectl  nsenter --target {} --net {} --kubeconfig {}",
        Kubectl::find(layout)?.process(),
        layout.fetched("bin/kubectl").display(),
        layout.state(kubectl::CONFIGURATION).display()
    );
    Ok(())
}

/// Prints the node's steps until it is ready.
#[expect(clippy::disallowed_methods, reason = "there is no runtime here whose threads could be kept")]
fn follow(layout: &Layout, began: Instant) -> anyhow::Result<()> {
    let mut steps = fs::File::open(layout.state(STEPS))?;
    let mut text = String::new();
    loop {
        steps.read_to_string(&mut text)?;
        while let Some((line, rest)) = text.split_once('\n') {
            if line == READY {
                return Ok(());
            }
            if let Some(why) = line.strip_prefix(FAILED) {
                bail!("{why}; the logs are in {}", layout.state("log").display());
            }
            println!("{} s: {line}", began.elapsed().as_secs());
            text = rest.to_owned();
        }
        let recorded = layout.state("holder").exists();
        if recorded && Holder::find(layout)?.is_none() {
            let log = fs::read_to_string(layout.log("node")).context("its log can't be read")?;
            bail!("the node ended: {}", log.trim());
        }
        thread::sleep(PULSE);
    }
}
