//! What callers cost who hold what they can get, and what others notice of them.

mod fairness;
mod flood;
mod honest;
mod sieges;

use std::{fmt::Write as _, process::ExitCode, time::Duration};

use anyhow::{Result, ensure};
use clap::Args;
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{Client, Role};
use labelmesh_servers::http_client;
use tokio::time::{interval, timeout};

use self::{
    honest::{Honest, Noticed},
    sieges::{Siege, Target},
};
use crate::system::person;

/// What the one of ten and the nine others call.
const PATH: &str = "/v1/me";
/// What a gateway may take: the limit in `deploy/kubernetes/base/gateway.yaml`.
const MEMORY_LIMIT_MIB: f64 = 384.0;
/// How long others are watched before a siege, and in it.
const WATCHED: Duration = Duration::from_secs(5);
const BESIEGED: Duration = Duration::from_secs(20);
/// What a siege may need to get ready, and to end.
const LONGEST: Duration = Duration::from_secs(120);

/// How to measure.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Only the siege whose name has this in it.
    #[arg(long)]
    only: Option<String>,
}

/// Starts the system, one replica of each service, and lays siege to its gateway in one way after the other.
pub(crate) async fn run(options: &Options) -> Result<ExitCode> {
    let mut settings = Settings::for_tests()?;
    settings.replicas = 1;
    let cluster = Cluster::start(settings).await?;
    let honest = Honest::sign_in(cluster.gateway()).await?;
    let target = Target::prepare(cluster.gateway()).await?;
    let mut table =
        String::from("| siege | what it got | gateway MiB | others: p50, p99 ms before | meanwhile | failed |\n");
    table.push_str("|---|---|---|---|---|---|\n");
    let mut failed = Vec::new();
    let chosen = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    for siege in sieges::ALL.iter().filter(|siege| chosen(siege.name())) {
        let row = besieged(&cluster, &honest, &target, *siege).await?;
        writeln!(table, "{}", row.text)?;
        if !row.others_are_served {
            failed.push(siege.name());
        }
    }
    println!("{table}");
    if chosen("one of ten") {
        let client = person(&Client::new(cluster.gateway())?, "fair", Role::Client).await?;
        if !fairness::measure(cluster.gateway(), &client).await? {
            failed.push("one of ten");
        }
    }
    cluster.stop().await;
    ensure!(failed.is_empty(), "others suffered from: {}", failed.join(", "));
    Ok(ExitCode::SUCCESS)
}

struct Row {
    text: String,
    others_are_served: bool,
}

async fn besieged(cluster: &Cluster, honest: &Honest, target: &Target, siege: Siege) -> Result<Row> {
    let before = honest.watch(WATCHED).await?;
    let gateway = cluster.admin_addresses(Service::Gateway).await.swap_remove(0);
    let target = target.clone();
    let under_way = tokio::spawn(async move { siege.lay(&target, BESIEGED).await });
    let (meanwhile, peak) = tokio::join!(honest.watch(BESIEGED), peak_mib(&gateway, BESIEGED));
    let (meanwhile, peak) = (meanwhile?, peak?);
    let got = timeout(LONGEST, under_way).await???;
    let others_are_served = meanwhile.failed == 0 && peak < MEMORY_LIMIT_MIB;
    let Noticed { p50, p99, .. } = before;
    let text = format!(
        "| {} | {got} | {peak:.0} | {p50:.0}, {p99:.0} | {:.0}, {:.0} | {} of {} |",
        siege.name(),
        meanwhile.p50,
        meanwhile.p99,
        meanwhile.failed,
        meanwhile.calls,
    );
    Ok(Row { text, others_are_served })
}

/// The most memory that a process says it has, in MiB.
async fn peak_mib(admin: &str, time: Duration) -> Result<f64> {
    let mut peak: f64 = 0.0;
    let watching = async {
        let mut looks = interval(Duration::from_millis(500));
        loop {
            looks.tick().await;
            let text = http_client().get(format!("http://{admin}/metrics")).send().await?.text().await?;
            let line = text.lines().find(|line| line.starts_with("process_resident_memory_bytes"));
            let bytes = line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0);
            peak = peak.max(bytes / f64::from(1 << 20));
        }
    };
    match timeout(time, watching).await {
        Ok(Err(error)) => Err(error),
        Ok(Ok(())) | Err(_) => Ok(peak),
    }
}
