//! No server outlives the process that started it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use labelmesh_parts::{Durability, Nats, Postgres, Tools};

/// Set for the copy of this test program that is going to be killed.
const VICTIM: &str = "LABELMESH_PARTS_TEST_VICTIM";

/// Not a test of its own: what the killed copy does. Without the variable it has nothing to say.
#[tokio::test]
async fn victim() {
    if std::env::var_os(VICTIM).is_none() {
        return;
    }
    let tools = Tools::locate();
    let postgres = Postgres::start(&tools, None, Durability::None)
        .await
        .expect("PostgreSQL");
    let nats = Nats::start(&tools, None).await.expect("NATS");
    let port = |url: &str| url::Url::parse(url).ok().and_then(|url| url.port()).expect("a port");
    println!("ports {} {}", port(&postgres.admin_url()), port(nats.url()));
    std::future::pending::<()>().await;
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn servers_end_with_a_killed_parent() {
    let mut victim = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "processes::victim", "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("a copy of this program");
    let output = BufReader::new(victim.stdout.take().expect("its output"));
    let line = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("ports ").map(|(_, ports)| ports.to_owned()));
    let ports: Vec<u16> = line
        .expect("the ports")
        .split(' ')
        .map(|port| port.trim().parse().expect("a port"))
        .collect();
    assert_eq!(ports.len(), 2);

    victim.kill().expect("a kill");
    victim.wait().expect("an end");

    let gone = async {
        for port in ports {
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone)
        .await
        .expect("the servers still answer");
}
