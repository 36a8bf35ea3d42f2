//! `./dev test`: all tests, against servers that are started once.

use std::{ffi::OsString, process::ExitCode};

use anyhow::Context as _;
use labelmesh_servers::{Durability, Postgres, S3, Tools};
use tokio::process::Command;

use crate::running::repository;

/// Starts the servers that the environment does not name and runs cargo's tests against them; `arguments` go to
/// `cargo test`.
///
/// # Errors
/// If a server or cargo can't be started.
pub(crate) async fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    // Of a selection of tests, cargo does not build the programs that the stories among them start.
    if !arguments.is_empty() && !build(&["--bins"]).await? {
        return Ok(ExitCode::FAILURE);
    }
    let tools = Tools::locate();
    // Tests lose nothing when a server is killed; the loss of power they need not survive.
    let postgres = match Postgres::from_env() {
        Some(given) => given?,
        None => Postgres::start(&tools, None, Durability::None).await?,
    };
    let s3 = match S3::from_env() {
        Some(given) => given?,
        None => S3::start(None).await?,
    };
    let keys = s3.keys();
    let mut child = Command::new(cargo())
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(arguments)
        .current_dir(repository())
        .env("LABELMESH_POSTGRES_URL", postgres.admin_url())
        .env("LABELMESH_S3_ENDPOINT", s3.endpoint())
        .env("LABELMESH_S3_REGION", s3.region())
        .env("LABELMESH_S3_ACCESS_KEY", &keys.access_key)
        .env("LABELMESH_S3_SECRET_KEY", &keys.secret_key)
        .env("LABELMESH_S3_READ_ONLY_ACCESS_KEY", &keys.read_only_access_key)
        .env("LABELMESH_S3_READ_ONLY_SECRET_KEY", &keys.read_only_secret_key)
        .kill_on_drop(true)
        .spawn()
        .context("can't start cargo")?;
    // A Ctrl-C reaches cargo too, as it is of our process group; we only wait for it to end.
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `./dev bench`: hands over to the benchmarks. That of a call is the client stack's own. Cargo builds it as programs
/// for production are built, since the shares of stack and transport differ without optimisation.
///
/// # Errors
/// If cargo can't be started.
pub(crate) async fn bench(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if arguments.first().is_some_and(|what| what == "call") {
        let mut bench = Command::new(cargo());
        bench.args(["bench", "--quiet", "--package", "labelmesh-client", "--bench", "call"]).current_dir(repository());
        let status = bench.status().await.context("can't start cargo")?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if !build(&["--bin", "labelmesh-bench"]).await? {
        return Ok(ExitCode::FAILURE);
    }
    let bench = std::env::current_exe()?.with_file_name("labelmesh-bench");
    let status = Command::new(bench).args(arguments).status().await.context("can't start the benchmark")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds programs of the workspace, and says whether that went well.
async fn build(programs: &[&str]) -> anyhow::Result<bool> {
    let mut build = Command::new(cargo());
    build
        .args(["build", "--quiet", "--workspace", "--manifest-path"])
        .arg(repository().join("Cargo.toml"))
        .args(programs);
    Ok(build.status().await.context("can't start cargo")?.success())
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
