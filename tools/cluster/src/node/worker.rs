//! What runs pods: containerd, kubelet, kube-proxy.

use std::{fs, path::Path};

use anyhow::Context as _;
use serde_json::json;

use super::{ADDRESS, CGROUP, Node, network};
use crate::{
    kubectl::CONFIGURATION,
    layout::{Layout, write},
    machine::CNI_PLUGINS,
};

/// The names' server: its Service.
const NAMES: &str = "10.96.0.10";
/// The plugins that connect a pod, and where they come from.
const PLUGINS: &[&str] = &["ptp", "host-local", "loopback", "portmap"];

impl Node {
    /// Starts all of it, with all images there, and waits until the node takes pods.
    pub(super) async fn start_worker(&mut self) -> anyhow::Result<()> {
        self.prepare_pod_network()?;
        write(&self.layout.state("containerd.toml"), containerd(&self.layout))?;
        let config = self.layout.state("containerd.toml").display().to_string();
        self.start_program("containerd", "containerd".into(), vec!["--config".to_owned(), config])?;
        self.until("containerd", || self.ctr(&["version"])).await?;
        let images = fs::read_to_string(self.layout.state("images")).context("no list of images")?;
        for image in images.lines() {
            let imported = self.ctr(&["images", "import", image]).await;
            anyhow::ensure!(imported, "containerd does not take {image}");
        }
        write(&self.layout.state("kubelet.yaml"), kubelet(&self.layout))?;
        write(&self.layout.state("kube-proxy.yaml"), proxy(&self.layout))?;
        let state = |name: &str| self.layout.state(name).display().to_string();
        let kubelet = vec![
            format!("--config={}", state("kubelet.yaml")),
            format!("--kubeconfig={}", state("node.conf")),
            format!("--root-dir={}", state("kubelet")),
            format!("--node-ip={ADDRESS}"),
            "--hostname-override=node".to_owned(),
        ];
        let proxy = vec![format!("--config={}", state("kube-proxy.yaml"))];
        self.start_built("kubelet", &kubelet)?;
        self.start_built("kube-proxy", &proxy)?;
        let ready = ["wait", "--for=condition=Ready", "node/node", "--timeout=1s"];
        self.until("the kubelet", || self.asks(&ready)).await
    }

    async fn ctr(&self, arguments: &[&str]) -> bool {
        let mut command = tokio::process::Command::new("ctr");
        command.arg("--address").arg(self.layout.state(SOCKET)).args(["--namespace", "k8s.io"]).args(arguments);
        command.output().await.is_ok_and(|output| output.status.success())
    }

    /// Has pods connected to the node and redirected to their sidecars.
    fn prepare_pod_network(&self) -> anyhow::Result<()> {
        let plugins = self.layout.state("cni/plugins");
        fs::create_dir_all(&plugins)?;
        for name in PLUGINS {
            let source = Path::new(CNI_PLUGINS).join(name);
            fs::copy(&source, plugins.join(name)).with_context(|| format!("can't copy {}", source.display()))?;
        }
        fs::copy(self.programs.path("istio-cni")?, plugins.join("istio-cni"))?;
        let run = self.layout.state("cni/istio");
        fs::create_dir_all(&run)?;
        fs::copy(self.layout.state(CONFIGURATION), run.join("istio-cni-kubeconfig"))?;
        let list = json!({
            "cniVersion": "1.0.0",
            "name": "pods",
            "plugins": [
                // A way from each pod to the node and none from pod to pod, so that all pass kube-proxy's rules.
                {
                    "type": "ptp",
                    "ipMasq": false,
                    "ipam": {
                        "type": "host-local",
                        "dataDir": self.layout.state("cni/addresses"),
                        "ranges": [[{"subnet": "10.244.0.0/24"}]],
                        "routes": [{"dst": "0.0.0.0/0"}],
                    },
                },
                {
                    "type": "istio-cni",
                    "plugin_log_level": "info",
                    "cni_agent_run_dir": run,
                    "ambient_enabled": false,
                    "exclude_namespaces": ["kube-system"],
                    "pod_namespace": "istio-system",
                },
            ],
        });
        write(&self.layout.state("cni/net.d/10-pods.conflist"), list.to_string())
    }
}

/// Where containerd answers.
pub(crate) const SOCKET: &str = "containerd.sock";

fn containerd(layout: &Layout) -> String {
    let state = |name: &str| layout.state(name).display().to_string();
    let cri = r#"plugins."io.containerd.grpc.v1.cri""#;
    format!(
        "version = 2\nroot = {:?}\nstate = \"/run/containerd\"\n\
         [grpc]\naddress = {:?}\n\
         [{cri}]\nsandbox_image = \"registry.k8s.io/pause:3.10\"\n\
         # Without the right to do so nobody's score can be lowered.\nrestrict_oom_score_adj = true\n\
         [{cri}.cni]\nbin_dir = {:?}\nconf_dir = {:?}\n\
         [{cri}.containerd.runtimes.runc]\nruntime_type = \"io.containerd.runc.v2\"\n",
        state("containerd"),
        state(SOCKET),
        state("cni/plugins"),
        state("cni/net.d"),
    )
}

fn kubelet(layout: &Layout) -> String {
    let state = |name: &str| layout.state(name).display().to_string();
    json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": format!("/{CGROUP}"),
        "failCgroupV1": false,
        "failSwapOn": false,
        "enforceNodeAllocatable": [],
        "containerRuntimeEndpoint": format!("unix://{}", state(SOCKET)),
        "authentication": {
            "anonymous": {"enabled": false},
            "webhook": {"enabled": true},
            "x509": {"clientCAFile": state("pki/ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": state("pki/node.crt"),
        "tlsPrivateKeyFile": state("pki/node.key"),
        "clusterDomain": "cluster.local",
        "clusterDNS": [NAMES],
        "resolvConf": "",
        "address": ADDRESS,
        "healthzBindAddress": "127.0.0.1",
        "podLogsDir": state("pod-logs"),
        "maxPods": 100,
        // The disk of a shared machine is never empty, and images made here can be pulled from nowhere.
        "evictionHard":
            {"nodefs.available": "1%", "imagefs.available": "1%", "nodefs.inodesFree": "1%", "memory.available": "100Mi"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
    })
    .to_string()
}

fn proxy(layout: &Layout) -> String {
    json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": layout.state(CONFIGURATION)},
        "clusterCIDR": network::PODS,
        "hostnameOverride": "node",
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        // The limits of the machine are not ours to change.
        "conntrack": {"maxPerCore": 0, "min": 0},
    })
    .to_string()
}
