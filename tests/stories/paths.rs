//! Paths that are nearly one of ours lead nowhere, whatever the method of HTTP: derived from the routes.

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use labelmesh_proto::method::METHODS;
use labelmesh_sdk::Role;
use labelmesh_servers::http_client;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::people::{person, shared};

const METHODS_OF_HTTP: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// How many requests are under way at once.
const AT_ONCE: usize = 16;
/// An id of nothing.
const NO_ID: &str = "00000000-0000-7000-8000-000000000000";

/// What a proxy, a file server or a framework may take for the same path, and we must not.
fn nearly(path: &str) -> Vec<String> {
    let (_, last) = path.rsplit_once('/').expect("it begins with one");
    let parent = &path[..path.len() - last.len() - 1];
    vec![
        format!("/{path}"),
        format!("{path}/"),
        format!("{path};a=b"),
        format!("{path}%00"),
        format!("{path}%2F"),
        format!("{path}.json"),
        format!("{parent}//{last}"),
        format!("{parent}%2F{last}"),
        format!("{parent}/x/../{last}"),
        format!("{parent}/./{last}"),
        format!("{parent}/%2e%2e/{last}"),
        format!("{parent}/..;/{last}"),
        format!("{parent}/x\\..\\{last}"),
        path.to_uppercase(),
    ]
}

/// Paths that belong to others than those who call from outside.
fn internal() -> Vec<String> {
    let ports = ["/metrics", "/readyz/", "/livez/", "/admin", "/debug/pprof", "/actuator/env", "/.env", "/.git/config"];
    let rpcs = METHODS.iter().filter(|method| !method.routed).map(|method| method.path);
    ports.into_iter().chain(rpcs).map(str::to_owned).collect()
}

/// The status and the body of an answer to a request whose path nobody has made decent first.
async fn answer(gateway: &str, method: &str, path: &str, token: &str) -> Result<(u16, String)> {
    let host = gateway.trim_start_matches("http://");
    let mut connection = TcpStream::connect(host).await?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await?;
    let mut read = Vec::new();
    connection.read_to_end(&mut read).await?;
    let text = String::from_utf8_lossy(&read);
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).context("a status")?;
    Ok((status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()))
}

/// Whether nothing was looked for: there is no such path, it does not take the method, a field in it is refused, or the
/// role has no business there.
fn leads_nowhere(status: u16, body: &str) -> bool {
    match status {
        400 | 405 => true,
        403 => says(body, "not allowed to call this"),
        404 => says(body, "no such path"),
        _ => false,
    }
}

fn says(body: &str, message: &str) -> bool {
    serde_json::from_str(body).is_ok_and(|told: Value| told["message"] == message)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_nearly_ours_leads_nowhere() -> Result<()> {
    let cluster = shared().await;
    let client = person(cluster, "lost", Role::Client).await?;
    let token = client.token().context("signed in")?;
    let gateway = cluster.gateway();
    let index: Value = http_client().get(gateway).send().await?.json().await?;
    let routes: Vec<_> = index["routes"].as_array().context("routes")?.iter().filter_map(Value::as_str).collect();
    ensure!(routes.len() > 30, "{routes:?}");
    let templates = routes.iter().filter_map(|route| route.split(' ').nth(1));
    let filled = |template: &str| {
        let segment = |segment: &str| if segment.starts_with('{') { NO_ID.to_owned() } else { segment.to_owned() };
        template.split('/').map(segment).collect::<Vec<_>>().join("/")
    };
    let paths = templates.flat_map(|template| nearly(&filled(template))).chain(internal());
    let tries: Vec<_> = paths.flat_map(|path| METHODS_OF_HTTP.map(|method| (method, path.clone()))).collect();
    stream::iter(tries)
        .map(|(method, path)| async move {
            let (status, body) = answer(gateway, method, &path, token).await?;
            ensure!(leads_nowhere(status, &body), "{method} {path}: {status} {body}");
            Ok(())
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await
}
