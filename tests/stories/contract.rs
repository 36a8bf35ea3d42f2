//! The contract from outside: `./dev up`, a client that knows nothing but reflection, and `./dev token`.

use std::{collections::BTreeMap, path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, ensure};
use labelmesh_cluster::Settings;
use labelmesh_proto::{
    method::{METHODS, Method},
    r#type::v1::Role,
};
use labelmesh_servers::{Tools, free_port};
use nix::{sys::signal, unistd::Pid};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, ChildStdout, Command},
};

use crate::{
    people::stranger,
    requests::{is_open, public, role_for, service_of},
};

/// Whoever may call this gets states for as long as they stay, whatever they ask.
const ENDLESS: &str = "WatchNotifications";

/// A `./dev up` that runs.
struct Up {
    child: Child,
    output: tokio::io::Lines<BufReader<ChildStdout>>,
    binary: PathBuf,
    folder: tempfile::TempDir,
    gateway: String,
    /// The first address of each service.
    services: BTreeMap<String, String>,
    /// E-mail and password by role.
    accounts: BTreeMap<&'static str, (String, String)>,
}

impl Up {
    async fn start() -> Result<Self> {
        let binary = Settings::for_tests()?.binary;
        let folder = tempfile::tempdir()?;
        let port = free_port().context("a free port")?.to_string();
        let mut command = Command::new(&binary);
        // Nothing but what a stranger's machine has: no server is given.
        for given in ["LABELMESH_POSTGRES_URL", "LABELMESH_NATS_URL", "LABELMESH_S3_ENDPOINT"] {
            command.env_remove(given);
        }
        let mut child = command
            .args(["up", "--replicas", "1", "--port", &port, "--data"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = BufReader::new(child.stdout.take().context("its output")?).lines();
        let gateway = format!("http://127.0.0.1:{port}");
        let (services, accounts) = (BTreeMap::new(), BTreeMap::new());
        let mut up = Self { child, output, binary, folder, gateway, services, accounts };
        tokio::time::timeout(Duration::from_secs(90), up.read()).await.context("it does not come up")??;
        Ok(up)
    }

    /// Reads what it prints for people.
    async fn read(&mut self) -> Result<()> {
        while let Some(line) = self.output.next_line().await? {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [service, address, metrics] if metrics.ends_with("/metrics") => {
                    self.services.entry(service.to_owned()).or_insert_with(|| address.to_owned());
                }
                [email, password, ..] if email.contains('@') => {
                    let role = ["client", "operator", "admin"].into_iter().find(|role| email.starts_with(role));
                    self.accounts.insert(role.context("a role")?, (email.to_owned(), password.to_owned()));
                }
                ["Try,", ..] => return Ok(()),
                _ => {}
            }
        }
        anyhow::bail!("it ended without coming up")
    }

    async fn stop(mut self) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id().context("it runs")?)?);
        signal::kill(pid, signal::Signal::SIGINT)?;
        while self.output.next_line().await?.is_some() {}
        let status = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await??;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }

    /// What `./dev token --as ROLE --callee SERVICE` prints.
    async fn internal_token(&self, role: &str, service: &str) -> Result<String> {
        let mut command = Command::new(&self.binary);
        let role = if role == "admin" { "administrator" } else { role };
        let output = command
            .args(["token", "--as", role, "--callee", service, "--data"])
            .arg(self.folder.path())
            .output()
            .await?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// Calls a method with an empty message as a client that learns everything by reflection; returns the code in lower
/// case, or "ok".
async fn call(base: &str, method: &Method, token: Option<&str>) -> Result<String> {
    call_knowing(base, method, token, &[]).await
}

/// The same, with what the client knows beforehand.
async fn call_knowing(base: &str, method: &Method, token: Option<&str>, knows: &[&str]) -> Result<String> {
    let mut command = Command::new(Tools::locate().buf()?);
    command.args(["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--data", "{}"]).args(knows);
    if let Some(token) = token {
        command.args(["--header", &format!("authorization: Bearer {token}")]);
    }
    command.arg(format!("{base}{}", method.path)).kill_on_drop(true);
    if method.name() == ENDLESS && token.is_some() {
        return first_line(command).await;
    }
    let output = command.output();
    let output = tokio::time::timeout(Duration::from_secs(60), output).await.context("no answer")??;
    if output.status.success() {
        return Ok("ok".into());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = text.split('"').skip_while(|word| *word != "code").nth(2).map(str::to_owned);
    code.with_context(|| format!("{}: {text}", method.path))
}

/// Waits for the first line of an answer that goes on for ever.
async fn first_line(mut command: Command) -> Result<String> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let line = tokio::time::timeout(Duration::from_secs(60), lines.next_line()).await.context("no answer")??;
    line.context("it ended without an answer")?;
    Ok("ok".into())
}

/// What the accounts of `./dev up` call a role.
fn account(role: Role) -> &'static str {
    match role {
        Role::Operator => "operator",
        Role::Administrator => "admin",
        _ => "client",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reflection_client_calls_every_public_rpc_with_a_token_and_is_refused_without() -> Result<()> {
    let up = Up::start().await?;
    let client = stranger(&up.gateway)?;
    let sign_in = async |role: &str| {
        let (email, password) = &up.accounts[role];
        anyhow::Ok(client.sign_in(email, password).await?.token().context("a token")?.to_owned())
    };
    let let_in = |code: &str| {
        !matches!(code, "unauthenticated" | "permission_denied" | "unimplemented" | "unavailable" | "internal")
    };
    for method in public() {
        let service = service_of(method);
        let direct =
            format!("http://{}", up.services.get(service).with_context(|| format!("{service} is not printed"))?);
        for base in [&up.gateway, &direct] {
            let without = call(base, method, None).await?;
            if is_open(method) {
                // Nobody has to sign in: what may be refused is the empty message.
                assert!(let_in(&without), "{without}: {} at {base}", method.path);
                continue;
            }
            let role = account(role_for(method));
            assert_eq!(without, "unauthenticated", "{} at {base} without a token", method.path);
            let token = if base == &direct { up.internal_token(role, service).await? } else { sign_in(role).await? };
            let with = call(base, method, Some(&token)).await?;
            assert!(let_in(&with), "{with}: {} at {base} as {role}", method.path);
        }
    }
    // A role that has no business there.
    let create = METHODS.iter().find(|method| method.name() == "CreateTask").context("in the contract")?;
    assert_eq!(call(&up.gateway, create, Some(&sign_in("operator").await?)).await?, "permission_denied");
    // What has no route can't be reached from outside, not even by an administrator.
    let introspect = METHODS.iter().find(|method| method.name() == "Introspect").context("in the contract")?;
    let administrator = sign_in("admin").await?;
    let refused = call(&up.gateway, introspect, Some(&administrator)).await.expect_err("it is not described either");
    ensure!(refused.to_string().contains("contains no such method"), "{refused}");
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto");
    let knows = ["--schema", schema];
    assert_eq!(call_knowing(&up.gateway, introspect, Some(&administrator), &knows).await?, "unimplemented");
    up.stop().await
}
