//! Mutual TLS is asked for: plain text is not answered.

use std::time::Duration;

use anyhow::ensure;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::pods;
use crate::kubectl::Kubectl;

/// The ports of calls and of metrics.
const PORTS: [u16; 2] = [8080, 9090];
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks every port of every pod in plain text, from where no sidecar helps.
pub(super) async fn check(kubectl: &Kubectl) -> anyhow::Result<String> {
    let pods = pods(kubectl)?;
    ensure!(!pods.is_empty(), "there are no pods");
    let (mut ports, mut answered) = (0, vec![]);
    for pod in &pods {
        for port in PORTS {
            ports += 1;
            let answer = timeout(PATIENCE, ask(&pod.address, port)).await??;
            if !answer.is_empty() {
                answered.push(format!("{}:{port} says {:?}", pod.name, String::from_utf8_lossy(&answer)));
            }
        }
    }
    ensure!(answered.is_empty(), "plain text is answered: {}", answered.join(", "));
    Ok(format!("{ports} ports of {} pods hang up on plain text", pods.len()))
}

/// What a port says to plain HTTP before it hangs up.
async fn ask(address: &str, port: u16) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((address, port)).await?;
    let mut answer = Vec::new();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: tasks\r\nconnection: close\r\n\r\n").await?;
    match stream.read_to_end(&mut answer).await {
        // That is how Envoy hangs up.
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(answer),
        read => read.map(|_| answer),
    }
}
