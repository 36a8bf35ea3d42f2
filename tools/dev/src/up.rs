//! `./dev up`: the system of the demo until Ctrl-C, on data that is kept.

use std::{path::PathBuf, time::Duration};

use labelmesh_cluster::{
    Cluster, Service, Settings,
    accounts::{self, Role},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::Instant,
};

use crate::{
    running::{Running, data_folder, repository},
    scale::{self, Scaler},
};

/// How often it is looked whether everything still runs.
const PULSE: Duration = Duration::from_secs(2);

/// What to start.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// How many replicas of each service.
    #[arg(long, default_value_t = 2)]
    pub(crate) replicas: usize,
    /// How many workers make pictures; the first one looks at web pages as well.
    #[arg(long, default_value_t = 1)]
    pub(crate) workers: usize,
    /// Have as many workers as there is to make, from none, and as many replicas of tasks and subtasks as their CPU
    /// asks for, from those of --replicas: at most so many of each.
    #[arg(long, value_name = "MOST", conflicts_with = "workers")]
    pub(crate) scale: Option<usize>,
    /// The port of the gateway.
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Begin with nothing: removes the data of earlier runs.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Where the data is kept.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
}

/// Starts everything, says where it is, and stops it on Ctrl-C.
///
/// # Errors
/// If something can't be started.
pub(crate) async fn run(options: Options, mut settings: Settings) -> anyhow::Result<()> {
    // Before anything starts, so that no signal finds us without a handler.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let data = options.data.unwrap_or_else(data_folder);
    if options.fresh && data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    settings.replicas = options.replicas;
    settings.workers = if options.scale.is_some() { 0 } else { options.workers };
    settings.most = options.scale.map(scale::most).unwrap_or_default();
    settings.data = Some(data.clone());
    settings.gateway_port = Some(options.port);
    println!("starting Labelmesh on {} ...", data.display());
    let start = async {
        let cluster = Cluster::start(settings).await?;
        accounts::sign_up(cluster.gateway(), cluster.administrator_password()).await?;
        anyhow::Ok(cluster)
    };
    let cluster = tokio::select! {
        cluster = start => cluster?,
        _ = interrupt.recv() => return Ok(()),
        _ = terminate.recv() => return Ok(()),
    };
    let auth = cluster.addresses(Service::Auth).await;
    let postgres = cluster.postgres_port().await;
    Running { gateway: cluster.gateway().to_owned(), auth, postgres }.write(&data)?;
    print(&cluster, &data).await;
    let mut scaler = options.scale.map(|most| Scaler::new(most, options.replicas, Instant::now()));
    let mut pulse = tokio::time::interval(PULSE);
    loop {
        tokio::select! {
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
            _ = pulse.tick() => tokio::select! {
                // A server that does not come back must not keep us from ending.
                _ = interrupt.recv() => break,
                _ = terminate.recv() => break,
                said = look_after(&cluster, scaler.as_mut()) => said.iter().for_each(|said| println!("{said}")),
            },
        }
    }
    println!("\nstopping ...");
    Running::remove(&data);
    let stubborn = cluster.stop().await;
    if !stubborn.is_empty() {
        println!("had to be killed: {}", stubborn.join(", "));
    }
    println!("stopped; the data is kept in {}", data.display());
    Ok(())
}

/// Starts again what has ended, and as many workers and replicas as there is to do; says what it did.
async fn look_after(cluster: &Cluster, scaler: Option<&mut Scaler>) -> Vec<String> {
    let mut said = cluster.revive().await;
    if let Some(scaler) = scaler {
        match scaler.scale(cluster).await {
            Ok(scaled) => said.extend(scaled),
            Err(error) => said.push(format!("nothing more can be started: {error:#}")),
        }
    }
    said
}

async fn print(cluster: &Cluster, data: &std::path::Path) {
    let gateway = cluster.gateway();
    println!("\nLabelmesh runs. Ctrl-C stops it.\n");
    println!("  gateway   {}   REST, gRPC, gRPC-Web", cluster.gateways().join(" "));
    println!("  mail      http://{}   everything that was sent", cluster.mail().http_addr());
    println!("  data      {}", data.display());
    match cluster.browser() {
        Some(program) => println!("  browser   {}   for screenshots", program.display()),
        None => println!("  browser   none: screenshots are not offered (./dev parts fetches one where there is apt)"),
    }
    println!("  webhooks  may go to this machine (127.0.0.0/8, ::1), which only development allows");
    println!("\n  service    gRPC                     metrics, health");
    for service in Service::ALL {
        let calls = cluster.addresses(service).await;
        let admin = cluster.admin_addresses(service).await;
        for (calls, admin) in calls.iter().zip(&admin) {
            println!("  {:<9}  {calls:<23}  http://{admin}/metrics", service.name());
        }
    }
    for admin in cluster.worker_addresses().await {
        println!("  worker     {:<23}  http://{admin}/metrics", "");
    }
    println!(
        "\n  Here every operator is handed the images of new tasks. As shipped, nobody is whom the client has not invited."
    );
    println!("  Here e-mail addresses count at once. As shipped, they have to be confirmed by a mail first.");
    println!("\n  account                        password          may");
    let accounts = accounts::accounts(cluster.administrator_password());
    for account in &accounts {
        let may = match account.role {
            Role::Client => "submit tasks",
            Role::Operator => "label",
            Role::Administrator => "everything",
        };
        println!("  {:<29}  {:<16}  {may}", account.email, account.password);
    }
    let Some(client) = accounts.iter().find(|account| account.role == Role::Client) else { return };
    println!("\nTry, in another terminal:\n");
    println!(
        "  TOKEN=$(curl -s {gateway}/v1/sessions -H 'content-type: application/json' \\\n    \
         -d '{{\"email\":\"{}\",\"password\":\"{}\"}}' | sed 's/.*\"token\": *\"\\([^\"]*\\)\".*/\\1/')",
        client.email, client.password
    );
    println!("  curl -s {gateway}/v1/me -H \"authorization: Bearer $TOKEN\"");
    println!(
        "  {} curl --protocol grpc --http2-prior-knowledge -H \"authorization: Bearer $TOKEN\" \\\n    \
         {gateway}/labelmesh.notify.v1.NotificationService/ListNotifications",
        repository().join(".parts/current/bin/buf").display()
    );
    println!();
}
