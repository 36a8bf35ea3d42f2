//! The broker over TLS: reached if it is the one that the authority vouches for, and no other.

use std::fs;
use std::path::Path;
use std::process::Command;

use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Bus, Config, EventKeys, Tls};
use labelmesh_servers::{Program, Tools, free_port};
use labelmesh_testkit::until;

/// A server that speaks TLS alone, with a certificate for this machine's name that is in `authority.pem`.
fn start(folder: &Path) -> (Program, u16) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    let certificate = file("authority.pem", &made.cert.pem());
    let key = file("key.pem", &made.signing_key.serialize_pem());
    let port = free_port().expect("a port");
    let config = format!(
        "listen: \"127.0.0.1:{port}\"\ntls {{ cert_file: {certificate:?}, key_file: {key:?} }}\n\
         authorization {{ user: tasks, password: secret }}\n"
    );
    let mut command = Command::new(Tools::locate().nats_server().expect("NATS"));
    command.arg("-c").arg(file("nats.conf", &config));
    (Program::start(command, &folder.join("log")).expect("it starts"), port)
}

async fn connect(port: u16, ca_file: Option<&Path>) -> Bus {
    let mut config = Config::new(format!("tls://tasks:secret@localhost:{port}"));
    config.tls = Tls { ca_file: ca_file.map(Path::to_owned) };
    Bus::connect(&config, "tasks", EventKeys::default(), Clock::system(), Random::system()).await.expect("a URL")
}

#[tokio::test]
async fn a_certificate_is_believed_for_the_authority_that_is_configured() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, port) = start(folder.path());
    let stranger = connect(port, None).await;
    // The client says why it hangs up.
    until("a refusal", async || server.log_tail().contains("TLS handshake error").then_some(())).await;
    assert!(!stranger.is_connected());
    let bus = connect(port, Some(&folder.path().join("authority.pem"))).await;
    until("a connection", async || bus.is_connected().then_some(())).await;
}
