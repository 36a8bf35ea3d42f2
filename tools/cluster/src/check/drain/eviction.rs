//! `kubectl drain`, as an operator runs it, and what it says.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use anyhow::{bail, ensure};
use labelmesh_servers::Program;

use crate::{deploy::read, kubectl::Kubectl, layout::Layout};

/// Which pods have to go: what else runs on the only node has nowhere else to go.
const OURS: &str = "--pod-selector=app.kubernetes.io/part-of=labelmesh";
/// When kubectl gives up by itself: later than anybody waits for it here.
const TIMEOUT: &str = "--timeout=600s";
/// What kubectl says when it was refused a pod, with HTTP's 429, and will try again.
const REFUSED: (&str, &str) = ("error when evicting pods/\"", "would violate the pod's disruption budget");

/// A drain that goes on. It ends when the value is dropped.
pub(super) struct Eviction {
    program: Program,
    log: PathBuf,
}

impl Eviction {
    /// Begins to drain a node.
    ///
    /// # Errors
    /// If kubectl can't be started.
    pub(super) fn start(layout: &Layout, kubectl: &Kubectl, node: &str) -> anyhow::Result<Self> {
        let log = layout.log("drain");
        fs::write(&log, "")?;
        let drain = ["drain", node, "--ignore-daemonsets", "--delete-emptydir-data", OURS, TIMEOUT];
        Ok(Self { program: Program::start(kubectl.command(&drain), &log)?, log })
    }

    /// How often it was refused each pod.
    ///
    /// # Errors
    /// If what it has said can't be read.
    pub(super) fn refusals(&self) -> anyhow::Result<BTreeMap<String, usize>> {
        Ok(refusals(&read(&self.log)?))
    }

    /// Makes sure that it has not given up, and has not come through either.
    ///
    /// # Errors
    /// If it has ended.
    pub(super) fn goes_on(&self) -> anyhow::Result<()> {
        match self.program.ended() {
            None => Ok(()),
            Some(status) => bail!("the drain ended with {status}: {}", self.program.log_tail()),
        }
    }

    /// Waits until it has come through.
    ///
    /// # Errors
    /// If that takes longer, or if it gives up.
    pub(super) async fn succeeds(&self, within: Duration) -> anyhow::Result<()> {
        let ended = self.program.wait(within).await;
        ensure!(ended, "the drain goes on after {} s: {}", within.as_secs(), self.program.log_tail());
        let succeeded = self.program.ended().is_some_and(|status| status.success());
        ensure!(succeeded, "the drain has failed: {}", self.program.log_tail());
        Ok(())
    }
}

fn refusals(said: &str) -> BTreeMap<String, usize> {
    let (before, why) = REFUSED;
    let mut refusals = BTreeMap::new();
    for line in said.lines().filter(|line| line.contains(why)) {
        if let Some((pod, _)) = line.split_once(before).and_then(|(_, after)| after.split_once('"')) {
            *refusals.entry(pod.to_owned()).or_default() += 1;
        }
    }
    refusals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubectl_was_refused_is_read_from_what_it_says() {
        let said = "node/node cordoned\n\
            evicting pod labelmesh/users-5d8-x2\n\
            error when evicting pods/\"users-5d8-x2\" -n \"labelmesh\" (will retry after 5s): Cannot evict pod as it \
            would violate the pod's disruption budget.\n\
            evicting pod labelmesh/users-5d8-x2\n\
            error when evicting pods/\"users-5d8-x2\" -n \"labelmesh\" (will retry after 5s): Cannot evict pod as it \
            would violate the pod's disruption budget.\n\
            error when evicting pods/\"auth-77-b\" -n \"labelmesh\" (will retry after 5s): Cannot evict pod as it \
            would violate the pod's disruption budget.\n\
            error when evicting pods/\"tasks-1-c\" -n \"labelmesh\": the server is gone\n";
        let expected = [("auth-77-b".to_owned(), 1), ("users-5d8-x2".to_owned(), 2)];
        assert_eq!(refusals(said), BTreeMap::from(expected));
    }
}
