//! The programs of Kubernetes and Istio: built from the modules that are pinned in `programs/`, once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::{
    command::{command, output},
    layout::Layout,
    machine,
};

/// A program and where it comes from.
#[derive(Debug, Clone, Copy)]
struct Source {
    name: &'static str,
    /// The folder in `programs/` whose go.mod pins it.
    module: &'static str,
    package: &'static str,
    /// What Go is to leave out or take in.
    tags: &'static str,
    /// How long a first build takes on two cores, about, in minutes: the earlier ones of a module pay for the later.
    minutes: u32,
}

const SOURCES: &[Source] = &[
    source("etcd", "etcd", "go.etcd.io/etcd/server/v3", 2),
    source("kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver", 8),
    source("kube-controller-manager", "kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager", 3),
    source("kube-scheduler", "kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler", 1),
    source("kubelet", "kubernetes", "k8s.io/kubernetes/cmd/kubelet", 2),
    source("kube-proxy", "kubernetes", "k8s.io/kubernetes/cmd/kube-proxy", 1),
    source("pilot-discovery", "istio", "istio.io/istio/pilot/cmd/pilot-discovery", 10),
    source("pilot-agent", "istio", "istio.io/istio/pilot/cmd/pilot-agent", 1),
    source("istio-cni", "istio", "istio.io/istio/cni/cmd/istio-cni", 1),
    source("istioctl", "istio", "istio.io/istio/istioctl/cmd/istioctl", 3),
    source("coredns", "coredns", "github.com/coredns/coredns", 5),
    source("rollouts-controller", "rollouts", "github.com/argoproj/argo-rollouts/cmd/rollouts-controller", 8),
    source("metrics-server", "metrics-server", "sigs.k8s.io/metrics-server/cmd/metrics-server", 5),
    Source {
        // Of all the ways to find what is to be scraped, that of Kubernetes alone.
        tags: "remove_all_sd,enable_kubernetes_sd",
        ..source("prometheus", "prometheus", "github.com/prometheus/prometheus/cmd/prometheus", 6)
    },
    source("jaeger", "jaeger", "github.com/jaegertracing/jaeger/cmd/jaeger", 8),
];

const fn source(name: &'static str, module: &'static str, package: &'static str, minutes: u32) -> Source {
    Source { name, module, package, tags: "", minutes }
}

/// The module that has a program, as the Go commands know it.
const KUBERNETES: &str = "k8s.io/kubernetes";
const ISTIO: &str = "istio.io/istio";
const ROLLOUTS: &str = "github.com/argoproj/argo-rollouts";
const METRICS_SERVER: &str = "sigs.k8s.io/metrics-server";

/// Finds what is built.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    layout: Layout,
    go: PathBuf,
    /// What Go says its version is: part of what a program is made of.
    version: String,
}

impl Programs {
    /// Builds those of the wanted that are not there yet, and says how far it is.
    ///
    /// # Errors
    /// If Go can't be found, or does not build one of them.
    pub(crate) fn build(layout: &Layout, wanted: impl Fn(&str) -> bool) -> anyhow::Result<Self> {
        let programs = Self::locate(layout)?;
        let missing = programs.missing(wanted);
        for (at, source) in missing.iter().enumerate() {
            let left: u32 = missing[at..].iter().map(|source| source.minutes).sum();
            let (count, name) = (missing.len(), source.name);
            eprintln!("building {name}, {} of {count}; on two free cores about {left} min remain", at + 1);
            let began = Instant::now();
            programs.build_one(source).with_context(|| format!("can't build {name}"))?;
            eprintln!("built {name} in {} s", began.elapsed().as_secs());
        }
        Ok(programs)
    }

    /// The names of those of the wanted that are not built.
    pub(crate) fn not_built(&self, wanted: impl Fn(&str) -> bool) -> Vec<&'static str> {
        self.missing(wanted).iter().map(|source| source.name).collect()
    }

    fn missing(&self, wanted: impl Fn(&str) -> bool) -> Vec<&'static Source> {
        let built = |source: &Source| self.path_of(source).is_ok_and(|path| path.exists());
        SOURCES.iter().filter(|source| wanted(source.name) && !built(source)).collect()
    }

    /// Finds what was built.
    ///
    /// # Errors
    /// If there is no Go.
    pub(crate) fn locate(layout: &Layout) -> anyhow::Result<Self> {
        let go = machine::go()?;
        let version = output(&mut command(&go, ["env", "GOVERSION"]))?.trim().to_owned();
        Ok(Self { layout: layout.clone(), go, version })
    }

    /// Where a program is.
    ///
    /// # Errors
    /// If we know none of that name, or its module is gone.
    pub(crate) fn path(&self, name: &str) -> anyhow::Result<PathBuf> {
        let source = SOURCES.iter().find(|source| source.name == name).with_context(|| format!("no program {name}"))?;
        self.path_of(source)
    }

    /// The folder with the source of a module, among which are manifests, charts and templates. It is fetched where it
    /// is not there, as by a build.
    fn folder(&self, module: &str, of: &str) -> anyhow::Result<PathBuf> {
        let mut download = command(&self.go, ["mod", "download", "-json", of]);
        download.current_dir(self.module(module)).env("GOFLAGS", "-mod=readonly");
        let downloaded: Value = serde_json::from_str(&output(&mut download)?)?;
        downloaded["Dir"].as_str().map(PathBuf::from).with_context(|| format!("go does not say where {of} is"))
    }

    /// Istio's own source: its custom resources and Envoy's template are there.
    pub(crate) fn istio_source(&self) -> anyhow::Result<PathBuf> {
        self.folder("istio", ISTIO)
    }

    /// Kubernetes's own source: the pause program is there.
    pub(crate) fn kubernetes_source(&self) -> anyhow::Result<PathBuf> {
        self.folder("kubernetes", KUBERNETES)
    }

    /// The source of Argo Rollouts: its manifests are there.
    pub(crate) fn rollouts_source(&self) -> anyhow::Result<PathBuf> {
        self.folder("rollouts", ROLLOUTS)
    }

    /// The source of metrics-server: its manifests are there.
    pub(crate) fn metrics_server_source(&self) -> anyhow::Result<PathBuf> {
        self.folder("metrics-server", METRICS_SERVER)
    }

    fn module(&self, name: &str) -> PathBuf {
        self.layout.source("tools/cluster/programs").join(name)
    }

    /// A program's name has the digest of all that it is made of, so that another version is another file.
    fn path_of(&self, source: &Source) -> anyhow::Result<PathBuf> {
        let module = self.module(source.module);
        let mut digest = Sha256::new();
        for file in ["go.mod", "go.sum"] {
            let path = module.join(file);
            digest.update(fs::read(&path).with_context(|| format!("can't read {}", path.display()))?);
        }
        digest.update(self.version.as_bytes());
        digest.update(linker_flags(source.module, &module)?.as_bytes());
        digest.update(source.tags.as_bytes());
        let key = hex::encode(&digest.finalize()[..6]);
        Ok(self.layout.part(&format!("bin/{}-{key}", source.name)))
    }

    fn build_one(&self, source: &Source) -> anyhow::Result<()> {
        let path = self.path_of(source)?;
        let folder = path.parent().context("a folder")?;
        fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
        let module = self.module(source.module);
        // Under another name until it is whole.
        let fresh = path.with_extension("new");
        let mut build = Command::new(&self.go);
        build.current_dir(&module).env("CGO_ENABLED", "0").arg("build").args(["-mod=readonly", "-buildvcs=false"]);
        build.args(["-tags", source.tags]);
        build.args(["-ldflags", &linker_flags(source.module, &module)?]).arg("-o").arg(&fresh).arg(source.package);
        let status = build.status().context("can't start go")?;
        ensure!(status.success(), "go build ended with {status}; what it said is above");
        fs::rename(&fresh, &path)?;
        Ok(())
    }
}

/// Neither symbols nor debugging; and the version, which Kubernetes and Istio don't know if they come from Go's proxy.
fn linker_flags(module: &str, folder: &Path) -> anyhow::Result<String> {
    let stripped = "-s -w".to_owned();
    Ok(match module {
        "kubernetes" => {
            let version = version(folder, KUBERNETES)?;
            let mut parts = version.trim_start_matches('v').split('.');
            let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let base = "k8s.io/component-base/version";
            format!(
                "{stripped} -X {base}.gitVersion={version} -X {base}.gitMajor={major} -X {base}.gitMinor={minor} \
                 -X {base}.gitTreeState=clean -X k8s.io/client-go/pkg/version.gitVersion={version}"
            )
        }
        "istio" => {
            // A version that Istio's own parsers take, whatever revision of the module it is.
            let base = "istio.io/istio/pkg/version";
            format!("{stripped} -X {base}.buildVersion=1.31-dev -X {base}.buildTag=1.31-dev -X {base}.buildHub=local")
        }
        _ => stripped,
    })
}

/// The version of a module that a go.mod pins.
fn version(folder: &Path, module: &str) -> anyhow::Result<String> {
    let path = folder.join("go.mod");
    let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    let mut words = text.lines().map(|line| line.trim().trim_start_matches("require ").split_whitespace());
    let found = words.find_map(|mut words| (words.next() == Some(module)).then(|| words.next()).flatten());
    found.map(str::to_owned).with_context(|| format!("{} does not pin {module}", path.display()))
}
