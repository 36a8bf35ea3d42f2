//! What the machine must have.

use std::{env, path::PathBuf};

use anyhow::{Context as _, bail, ensure};

/// Programs of the system that a node is made of, each with the package of Debian that has it.
const NEEDED: &[(&str, &str)] = &[
    ("containerd", "containerd"),
    ("ctr", "containerd"),
    ("runc", "runc"),
    ("iptables", "iptables"),
    ("nft", "nftables"),
    ("conntrack", "conntrack"),
    ("ipset", "ipset"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("mount", "mount"),
    ("ldd", "libc-bin"),
    ("strip", "binutils"),
    ("python3", "python3-pip"),
];

/// Where Debian puts the plugins that connect pods.
pub(crate) const CNI_PLUGINS: &str = "/usr/lib/cni";

/// Makes sure that a node can run here.
///
/// # Errors
/// Says what is missing and how to get it.
pub(crate) fn check() -> anyhow::Result<()> {
    check_root()?;
    let mut missing: Vec<_> =
        NEEDED.iter().filter(|(program, _)| find(program).is_none()).map(|(_, package)| *package).collect();
    if !PathBuf::from(CNI_PLUGINS).join("ptp").exists() {
        missing.push("containernetworking-plugins");
    }
    missing.dedup();
    ensure!(missing.is_empty(), "programs are missing (Debian, Ubuntu: apt-get install {})", missing.join(" "));
    go().map(|_| ())
}

/// Makes sure that we may make namespaces.
///
/// # Errors
/// If this is not Linux on x86-64, or we are not root.
pub(crate) fn check_root() -> anyhow::Result<()> {
    ensure!(
        cfg!(all(target_os = "linux", target_arch = "x86_64")),
        "a node of Kubernetes runs on Linux alone, and here on x86-64, as the pinned Envoy does"
    );
    ensure!(nix::unistd::geteuid().is_root(), "namespaces and mounts are made by root alone: run this as root");
    Ok(())
}

/// The go command.
///
/// # Errors
/// If there is none.
pub(crate) fn go() -> anyhow::Result<PathBuf> {
    find("go").or_else(|| Some(PathBuf::from("/usr/local/go/bin/go")).filter(|path| path.exists())).context(
        "Go is needed to build Kubernetes and Istio and was not found: install 1.26.8 or newer (see https://go.dev/dl)",
    )
}

/// A program on the path.
fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    // Not every shell of root's has the system's folders.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Refuses while a cluster runs.
pub(crate) fn refuse_if(running: bool) -> anyhow::Result<()> {
    if running {
        bail!("a cluster is up already, or was left by a run that was killed: ./dev cluster down ends it");
    }
    Ok(())
}
