//! An API server on free ports of the loopback interface, with all that it keeps in a temporary folder. On Linux its
//! programs end when we do, however that is.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context as _, ensure};
use labelmesh_ephemeral::Scratch;
use labelmesh_servers::{Program, free_port};
use rcgen::KeyPair;

use crate::{
    authority::Authority,
    command::answer,
    layout::{Layout, write},
    programs::Programs,
    ready::until,
};

/// A running API server and who may ask it anything.
pub(super) struct Server {
    kubectl: PathBuf,
    istioctl: PathBuf,
    // They end before their folder goes.
    running: [Program; 2],
    folder: Scratch,
}

impl Server {
    /// Starts one and waits until it answers.
    ///
    /// # Errors
    /// If a program can't be started or ends.
    pub(super) async fn start(layout: &Layout, programs: &Programs) -> anyhow::Result<Self> {
        let folder = Scratch::new()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        let (storage, port) = (free_port()?, free_port()?);
        make_keys(folder.path(), &format!("https://127.0.0.1:{port}"))?;
        let start = |name: &str, arguments: Vec<String>| {
            let mut command = Command::new(programs.path(name)?);
            command.args(arguments).current_dir(folder.path());
            let log = folder.path().join(format!("{name}.log"));
            Program::start(command, &log).with_context(|| format!("can't start {name}"))
        };
        let storage = format!("http://127.0.0.1:{storage}");
        let running = [start("etcd", etcd(&storage))?, start("kube-apiserver", api_server(&storage, port))?];
        let istioctl = programs.path("istioctl")?;
        let server = Self { kubectl: layout.fetched("bin/kubectl"), istioctl, running, folder };
        let [etcd, api_server] = &server.running;
        let answers = || async {
            let asked = tokio::process::Command::from(server.kubectl(&["get", "--raw", "/readyz"])).output().await;
            asked.is_ok_and(|asked| asked.status.success())
        };
        until("the API server", &[("etcd", etcd), ("kube-apiserver", api_server)], answers).await?;
        Ok(server)
    }

    /// A file in the folder that goes with the server.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with which manifests are rendered.
    pub(super) fn renderer(&self) -> &Path {
        &self.kubectl
    }

    /// A command of kubectl's.
    pub(super) fn kubectl(&self, arguments: &[&str]) -> Command {
        self.command(&self.kubectl, arguments)
    }

    /// A command of istioctl's.
    pub(super) fn istioctl(&self, arguments: &[&str]) -> Command {
        self.command(&self.istioctl, arguments)
    }

    /// Applies manifests, strictly: a field that their kind does not have is an error.
    ///
    /// # Errors
    /// If kubectl can't be started.
    pub(super) fn apply(&self, manifests: &str) -> anyhow::Result<Output> {
        let arguments = ["apply", "--server-side", "--force-conflicts", "--validate=strict", "--filename=-"];
        answer(&mut self.kubectl(&arguments), manifests)
    }

    /// Applies what has to be there before anything is judged.
    ///
    /// # Errors
    /// If something of it is refused.
    pub(super) fn prepare(&self, manifests: &str) -> anyhow::Result<()> {
        let applied = self.apply(manifests)?;
        ensure!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr).trim());
        Ok(())
    }

    /// Neither what is configured for others nor what they have kept is read.
    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env("KUBECONFIG", self.file("admin.conf"));
        command.env("HOME", self.folder.path()).env("KUBECACHEDIR", self.file("cache")).env_remove("KUBERC");
        command
    }
}

/// Makes keys and certificates, and the administrator's access.
fn make_keys(folder: &Path, address: &str) -> anyhow::Result<()> {
    let authority = Authority::new("labelmesh-admit")?;
    let server = authority.issue("kube-apiserver", None, &["127.0.0.1"])?;
    let administrator = authority.issue("administrator", Some("system:masters"), &[])?;
    let accounts = KeyPair::generate()?;
    for (name, content) in [
        ("ca.crt", authority.certificate()),
        ("apiserver.crt", &server.certificate),
        ("apiserver.key", &server.key),
        ("accounts.key", &accounts.serialize_pem()),
        ("accounts.pub", &accounts.public_key_pem()),
        ("admin.conf", &authority.access(&administrator, address)),
    ] {
        write(&folder.join(name), content)?;
    }
    Ok(())
}

fn etcd(address: &str) -> Vec<String> {
    vec![
        "--data-dir=etcd".to_owned(),
        format!("--listen-client-urls={address}"),
        format!("--advertise-client-urls={address}"),
        "--listen-peer-urls=http://127.0.0.1:0".to_owned(),
        "--log-level=warn".to_owned(),
        // What is here goes with us.
        "--unsafe-no-fsync".to_owned(),
    ]
}

fn api_server(storage: &str, port: u16) -> Vec<String> {
    let fixed = [
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        // Nobody is to be told of an address that leads nowhere but here.
        "--endpoint-reconciler-type=none",
        "--tls-cert-file=apiserver.crt",
        "--tls-private-key-file=apiserver.key",
        "--client-ca-file=ca.crt",
        "--service-account-key-file=accounts.pub",
        "--service-account-signing-key-file=accounts.key",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--authorization-mode=RBAC",
        // Istio's are installed for its analysis to see. There is nobody who could be called.
        "--disable-admission-plugins=MutatingAdmissionWebhook,ValidatingAdmissionWebhook",
    ];
    let mut arguments: Vec<_> = fixed.into_iter().map(str::to_owned).collect();
    arguments.extend([format!("--etcd-servers={storage}"), format!("--secure-port={port}")]);
    arguments
}
