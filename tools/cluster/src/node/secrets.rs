//! Keys, certificates and what each program presents to the API server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use rcgen::KeyPair;

use super::ADDRESS;
use crate::authority::{Authority, Pair};
use crate::kubectl::CONFIGURATION;
use crate::layout::{Layout, write};

/// Where the API server answers: the loopback interface, so that nobody outside of the cluster's network is led to it.
pub(super) const API: &str = "https://127.0.0.1:6443";
/// The first address of the Services: the API server's.
const API_SERVICE: &str = "10.96.0.1";

/// Makes all keys and certificates anew.
pub(super) fn make(layout: &Layout) -> anyhow::Result<()> {
    fs::create_dir_all(layout.state("pki"))?;
    // Only root may look into what follows.
    fs::set_permissions(layout.state_folder(), fs::Permissions::from_mode(0o711))?;
    fs::set_permissions(layout.state("pki"), fs::Permissions::from_mode(0o700))?;
    let authority = Authority::new("labelmesh-cluster")?;
    write(&layout.state("pki/ca.crt"), authority.certificate())?;
    let save = |name: &str, pair: &Pair| {
        write(&layout.state(&format!("pki/{name}.crt")), &pair.certificate)?;
        write(&layout.state(&format!("pki/{name}.key")), &pair.key)
    };
    let names =
        ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "127.0.0.1", ADDRESS, API_SERVICE];
    save("apiserver", &authority.issue("kube-apiserver", None, &names)?)?;
    save("front-proxy", &authority.issue("front-proxy-client", None, &[])?)?;
    let administrator = authority.issue("administrator", Some("system:masters"), &[])?;
    save("administrator", &administrator)?;
    write(&layout.state(CONFIGURATION), authority.access(&administrator, API))?;
    let node = authority.issue("system:node:node", Some("system:nodes"), &["node", ADDRESS])?;
    save("node", &node)?;
    write(&layout.state("node.conf"), authority.access(&node, API))?;
    let accounts = KeyPair::generate()?;
    write(&layout.state("pki/accounts.key"), accounts.serialize_pem())?;
    write(&layout.state("pki/accounts.pub"), accounts.public_key_pem())?;
    make_outside(layout)
}

/// What the servers that Labelmesh needs present: another authority vouches for them.
fn make_outside(layout: &Layout) -> anyhow::Result<()> {
    let authority = Authority::new("labelmesh-cluster-servers")?;
    write(&layout.state("servers/ca.crt"), authority.certificate())?;
    for (name, hosts) in [
        ("postgres", &["postgres.postgres.svc.cluster.local", "localhost"][..]),
        ("nats", &["nats.nats.svc.cluster.local", "*.nats.nats.svc.cluster.local", "localhost"]),
        ("ingress", &["labelmesh.example.com"]),
        ("blobs", &[super::world::BLOBS_HOST]),
        ("smtp", &[super::world::SMTP_HOST]),
    ] {
        let pair = authority.issue(name, None, hosts)?;
        write(&layout.state(&format!("servers/{name}.crt")), &pair.certificate)?;
        write(&layout.state(&format!("servers/{name}.key")), &pair.key)?;
    }
    Ok(())
}
