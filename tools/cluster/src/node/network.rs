//! Mounts and addresses of the cluster's own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;

use super::{ADDRESS, CGROUP};
use crate::command::{command, output};
use crate::layout::Layout;

/// The Services' addresses.
pub(super) const SERVICES: &str = "10.96.0.0/16";
/// The pods' addresses.
pub(super) const PODS: &str = "10.244.0.0/16";
/// Where programs of the node keep what they would share with another node on this machine, and where it is instead.
const OWN: &[(&str, &str)] = &[("/var/log", "var-log"), ("/var/lib/cni", "var-lib-cni")];

/// Where the cluster's folder is inside.
const WAY_IN: &str = "/run/cluster";
/// Where the node's programs put what is temporary, so that it goes with the cluster.
pub(crate) const TEMPORARY: &str = "/run/cluster/tmp";

/// Gives the node folders and addresses of its own. Nothing in its network has a way out.
pub(super) fn prepare(layout: &Layout) -> anyhow::Result<()> {
    // Sockets, locks and the pods' networks: containerd, iptables and others have fixed places for them.
    output(&mut command("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"]))?;
    // A way to our folder that everybody can go, whatever is above it: PostgreSQL is not root.
    fs::create_dir_all(WAY_IN).with_context(|| format!("can't make {WAY_IN}"))?;
    output(command("mount", ["--bind"]).arg(layout.state_folder()).arg(WAY_IN))?;
    let temporary = layout.state("tmp");
    fs::create_dir_all(&temporary)?;
    fs::set_permissions(&temporary, fs::Permissions::from_mode(0o1777))?;
    for (place, name) in OWN {
        let own = layout.state(name);
        fs::create_dir_all(&own).with_context(|| format!("can't make {}", own.display()))?;
        fs::create_dir_all(place).with_context(|| format!("can't make {place}"))?;
        output(command("mount", ["--bind"]).arg(&own).arg(place))?;
    }
    make_cgroup()?;
    let address = format!("{ADDRESS}/24");
    let outside = super::world::ADDRESSES.map(|address| format!("{address}/32"));
    let ip = |arguments: &[&str]| output(&mut command("ip", arguments)).map(|_| ());
    ip(&["link", "set", "lo", "up"])?;
    ip(&["link", "add", "node0", "type", "bridge"])?;
    ip(&["address", "add", &address, "dev", "node0"])?;
    for address in &outside {
        ip(&["address", "add", address, "dev", "node0"])?;
    }
    ip(&["link", "set", "node0", "up"])?;
    // A packet to a Service needs a way before kube-proxy can give it another address.
    ip(&["route", "add", SERVICES, "dev", "node0"])?;
    fs::write("/proc/sys/net/ipv4/ip_forward", "1").context("can't let packets pass")
}

/// Makes the group that pods are in: one of our own, so that nobody else's pods are taken for ours.
fn make_cgroup() -> anyhow::Result<()> {
    let root = Path::new("/sys/fs/cgroup");
    let unified = root.join("cgroup.controllers");
    if unified.exists() {
        let controllers = fs::read_to_string(unified)?;
        let all: Vec<_> = controllers.split_whitespace().map(|name| format!("+{name}")).collect();
        for folder in [root.to_owned(), root.join(CGROUP)] {
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("cgroup.subtree_control"), all.join(" ")).context("can't hand on controllers")?;
        }
        let weight = 100 * 4 * std::thread::available_parallelism()?.get();
        let weight = weight.min(10_000).to_string();
        return fs::write(root.join(CGROUP).join("cpu.weight"), weight).context("can't give pods a share");
    }
    for hierarchy in fs::read_dir(root).context("there are no cgroups")?.flatten() {
        let group = hierarchy.path().join(CGROUP);
        fs::create_dir_all(&group).with_context(|| format!("can't make {}", group.display()))?;
    }
    copy_cpusets(root)?;
    // All pods are one group beside all other processes of this machine, each of which counts 1024: so many processors'
    // worth is theirs when others want them, too.
    let shares = 1024 * 4 * std::thread::available_parallelism()?.get();
    fs::write(root.join("cpu").join(CGROUP).join("cpu.shares"), shares.to_string()).context("can't give pods a share")
}

/// In the first version of cgroups a new group of cpusets has no processor, and nothing can run in it.
fn copy_cpusets(root: &Path) -> anyhow::Result<()> {
    let cpusets = root.join("cpuset");
    for file in ["cpuset.cpus", "cpuset.mems"] {
        if let Ok(all) = fs::read(cpusets.join(file)) {
            fs::write(cpusets.join(CGROUP).join(file), all).with_context(|| format!("can't write {file}"))?;
        }
    }
    Ok(())
}
