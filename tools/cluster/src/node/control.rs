//! The control plane: etcd, the API server, the controllers, the scheduler.

use super::{ADDRESS, Node, network};
use crate::kubectl::CONFIGURATION;

impl Node {
    /// Starts all of it and waits until it answers.
    pub(super) async fn start_control_plane(&mut self) -> anyhow::Result<()> {
        self.start_built("etcd", &self.etcd())?;
        self.start_built("kube-apiserver", &self.api_server())?;
        self.until("the API server", || self.asks(&["get", "--raw", "/readyz"])).await?;
        self.start_built("kube-controller-manager", &self.controllers())?;
        self.start_built("kube-scheduler", &self.scheduler())
    }

    fn etcd(&self) -> Vec<String> {
        vec![
            format!("--data-dir={}", self.layout.state("etcd").display()),
            "--listen-client-urls=http://127.0.0.1:2379".to_owned(),
            "--advertise-client-urls=http://127.0.0.1:2379".to_owned(),
            "--listen-peer-urls=http://127.0.0.1:2380".to_owned(),
            "--log-level=warn".to_owned(),
            // What is here goes with the cluster.
            "--unsafe-no-fsync".to_owned(),
        ]
    }

    fn pki(&self, name: &str) -> String {
        self.layout.state("pki").join(name).display().to_string()
    }

    fn api_server(&self) -> Vec<String> {
        let pki = |name| self.pki(name);
        vec![
            "--etcd-servers=http://127.0.0.1:2379".to_owned(),
            "--bind-address=0.0.0.0".to_owned(),
            format!("--advertise-address={ADDRESS}"),
            "--secure-port=6443".to_owned(),
            format!("--tls-cert-file={}", pki("apiserver.crt")),
            format!("--tls-private-key-file={}", pki("apiserver.key")),
            format!("--client-ca-file={}", pki("ca.crt")),
            format!("--service-account-key-file={}", pki("accounts.pub")),
            format!("--service-account-signing-key-file={}", pki("accounts.key")),
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local".to_owned(),
            format!("--service-cluster-ip-range={}", network::SERVICES),
            "--authorization-mode=Node,RBAC".to_owned(),
            "--allow-privileged=true".to_owned(),
            format!("--kubelet-client-certificate={}", pki("administrator.crt")),
            format!("--kubelet-client-key={}", pki("administrator.key")),
            format!("--kubelet-certificate-authority={}", pki("ca.crt")),
            "--kubelet-preferred-address-types=InternalIP".to_owned(),
            // For webhooks and metrics, which are pods.
            "--enable-aggregator-routing=true".to_owned(),
            format!("--requestheader-client-ca-file={}", pki("ca.crt")),
            "--requestheader-allowed-names=front-proxy-client".to_owned(),
            "--requestheader-username-headers=X-Remote-User".to_owned(),
            "--requestheader-group-headers=X-Remote-Group".to_owned(),
            "--requestheader-extra-headers-prefix=X-Remote-Extra-".to_owned(),
            format!("--proxy-client-cert-file={}", pki("front-proxy.crt")),
            format!("--proxy-client-key-file={}", pki("front-proxy.key")),
        ]
    }

    /// What controllers and scheduler have in common.
    fn as_administrator(&self) -> Vec<String> {
        let access = self.layout.state(CONFIGURATION).display().to_string();
        vec![
            format!("--kubeconfig={access}"),
            format!("--authentication-kubeconfig={access}"),
            format!("--authorization-kubeconfig={access}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--leader-elect=false".to_owned(),
        ]
    }

    fn controllers(&self) -> Vec<String> {
        let mut arguments = self.as_administrator();
        arguments.extend([
            format!("--service-account-private-key-file={}", self.pki("accounts.key")),
            format!("--root-ca-file={}", self.pki("ca.crt")),
            "--use-service-account-credentials=true".to_owned(),
        ]);
        arguments
    }

    fn scheduler(&self) -> Vec<String> {
        self.as_administrator()
    }
}
