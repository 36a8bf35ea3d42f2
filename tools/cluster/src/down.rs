//! `./dev cluster down`: ends the cluster and leaves nothing of it.

use std::{fs, path::Path, thread, time::Duration};

use anyhow::{Context as _, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{hold::Holder, layout::Layout, machine, node::CGROUP};

/// How long processes may take to go when they are killed: some write a lot of memory back.
const GONE_WITHIN: Duration = Duration::from_secs(60);
const PULSE: Duration = Duration::from_millis(50);

/// Ends the running cluster, if there is one, and removes what it kept.
///
/// # Errors
/// If something does not go.
pub(crate) fn run(layout: &Layout) -> anyhow::Result<()> {
    machine::check_root()?;
    let holder = Holder::find(layout)?;
    if let Some(holder) = holder {
        let first = holder.first_process();
        // The holder takes the first process along, and that all others of the namespaces.
        let _ = kill(Pid::from_raw(holder.pid), Signal::SIGKILL);
        let lives = || holder.lives() || first.is_some_and(Holder::lives);
        ensure!(gone(|| !lives()), "process {} does not end", holder.pid);
    }
    remove(layout)?;
    println!(
        "{}",
        if holder.is_some() { "the cluster is down, and nothing of it is left" } else { "no cluster is up" }
    );
    Ok(())
}

/// Removes what a cluster kept, after its processes have gone.
///
/// # Errors
/// If something can't be removed.
pub(crate) fn remove(layout: &Layout) -> anyhow::Result<()> {
    for cgroup in cgroups() {
        // A process that was killed a moment ago may be counted still.
        ensure!(gone(|| remove_cgroup(&cgroup)), "{} can't be removed", cgroup.display());
    }
    // The place of a mount. Where it was not empty, it was somebody's before.
    let _ = fs::remove_dir("/var/lib/cni");
    let state = layout.state_folder();
    if state.exists() {
        fs::remove_dir_all(state).with_context(|| format!("can't remove {}", state.display()))?;
    }
    Ok(())
}

/// Our group in each hierarchy.
fn cgroups() -> Vec<std::path::PathBuf> {
    let root = Path::new("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path().join(CGROUP));
    hierarchies.chain([root.join(CGROUP)]).filter(|path| path.is_dir()).collect()
}

/// Removes a group and those in it; false if one is in use.
fn remove_cgroup(group: &Path) -> bool {
    let inner = fs::read_dir(group).into_iter().flatten().flatten().map(|entry| entry.path());
    let emptied = inner.filter(|path| path.is_dir()).all(|path| remove_cgroup(&path));
    emptied && (fs::remove_dir(group).is_ok() || !group.exists())
}

/// Waits until it is so; false if that takes too long.
#[expect(clippy::disallowed_methods, reason = "there is no runtime here whose threads could be kept")]
fn gone(is_so: impl Fn() -> bool) -> bool {
    let polls = GONE_WITHIN.as_millis() / PULSE.as_millis();
    (0..polls).any(|_| {
        is_so() || {
            thread::sleep(PULSE);
            false
        }
    })
}
