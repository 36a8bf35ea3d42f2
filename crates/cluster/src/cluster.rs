//! The whole system on one machine: real servers, a gateway and six services with their replicas, each a process of
//! its own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use anyhow::ensure;
use futures::future::{join_all, try_join_all};
use labelmesh_servers::{Chromium, Mail, Nats, Postgres, S3, Tools, chromium};
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use crate::{
    Keys, Service, Settings, addresses::addresses, backup, databases::Databases, environment::Plan, folder::Folder,
    replica::Replica, replicas::Replicas, tokens::exchange, workers::Workers,
};

/// How long all services together may take to become ready.
pub(crate) const READY_WITHIN: Duration = Duration::from_secs(90);
/// How often other ports are tried, because somebody took one between our choosing it and its use.
const TRIES: u32 = 3;
/// PostgreSQL's own port, where a URL names none.
const POSTGRES: u16 = 5432;
/// The user of the broker who may do everything.
const BROKERS_ADMINISTRATOR: &str = "administrator";

/// A running system. Dropping it kills it; [`Cluster::stop`] is gentler.
pub struct Cluster {
    // In the order of the fields everything ends: first who needs, then what is needed.
    workers: Workers,
    pub(crate) replicas: BTreeMap<Service, Replicas>,
    databases: Databases,
    keys: Keys,
    mail: Mail,
    s3: Mutex<S3>,
    nats: Mutex<Nats>,
    postgres: Mutex<Postgres>,
    gateways: Vec<String>,
    chromium: Option<Chromium>,
    folder: Folder,
    /// Whether PostgreSQL is somebody else's, who wants our databases gone.
    borrowed: bool,
}

impl Cluster {
    /// Starts everything and waits until it is ready.
    ///
    /// # Errors
    /// If something can't be started or is not ready in time; the text says what, and the end of its log.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let folder = Folder::open(settings.data.as_deref())?;
        let tools = Tools::locate();
        let (postgres, nats) =
            tokio::try_join!(postgres(&settings, &tools, &folder), nats(&settings, &tools, &folder),)?;
        let s3 = match S3::from_env().filter(|_| settings.given_servers) {
            Some(given) => given?,
            None => S3::start(Some(folder.path("s3"))).await?,
        };
        let mail = Mail::start(Some(folder.path("mail"))).await?;
        let borrowed = postgres.folder().is_none();
        let keys = Keys::load(&folder.path("keys.json"))?;
        let prefix = if borrowed { format!("labelmesh_{}_", keys.name()) } else { String::new() };
        let databases = Databases::prepare(&postgres, &prefix, &settings.binary, &folder).await?;
        let mut cluster = Self {
            workers: Workers::default(),
            replicas: BTreeMap::new(),
            databases,
            keys,
            mail,
            s3: Mutex::new(s3),
            nats: Mutex::new(nats),
            postgres: Mutex::new(postgres),
            gateways: Vec::new(),
            // The first time it may be copied to where its user can reach it.
            chromium: tokio::task::spawn_blocking(chromium).await?,
            folder,
            borrowed,
        };
        cluster.start_services(&settings).await?;
        for _ in 0..settings.workers {
            cluster.add_worker().await?;
        }
        Ok(cluster)
    }

    /// Chooses ports, starts all replicas and waits for them.
    async fn start_services(&mut self, settings: &Settings) -> anyhow::Result<()> {
        for attempt in 1.. {
            let addresses = addresses(settings)?;
            let (nats, s3) = (self.nats.lock().await, self.s3.lock().await);
            let plan = Plan {
                settings,
                addresses: &addresses,
                databases: &self.databases,
                keys: &self.keys,
                mail: &self.mail,
                s3: &s3,
                nats: &nats,
                chromium: self.chromium.as_ref(),
                logs: self.folder.logs(),
            };
            let replicas = |service| Ok((service, Replicas::new(plan.replicas(service)?, settings.replicas)));
            let replicas = Service::ALL.into_iter().map(replicas);
            let replicas = replicas.collect::<anyhow::Result<_>>()?;
            let (logs, environment) = (self.folder.logs(), plan.of_worker()?);
            self.workers = Workers::new(&settings.binary, logs, environment, settings.page_workers);
            drop((nats, s3));
            self.replicas = replicas;
            self.gateways =
                addresses[&Service::Gateway].iter().map(|(address, _)| format!("http://{address}")).collect();
            let Err(error) = self.launch().await else { return Ok(()) };
            let mut lost = false;
            for replica in self.running() {
                lost |= replica.lock().await.lost_its_port();
            }
            if !lost || attempt >= TRIES || settings.gateway_port.is_some() {
                return Err(error);
            }
        }
        unreachable!("the last attempt returns")
    }

    async fn launch(&self) -> anyhow::Result<()> {
        for replica in self.running() {
            replica.lock().await.start()?;
        }
        let deadline = Instant::now() + READY_WITHIN;
        try_join_all(self.running().map(|replica| async move { replica.lock().await.ready(deadline).await })).await?;
        Ok(())
    }

    /// The replicas that there are to be, of all services.
    fn running(&self) -> impl Iterator<Item = &Mutex<Replica>> {
        self.replicas.values().flat_map(Replicas::running)
    }

    /// Takes a [backup](crate::backup) of it, as it runs.
    ///
    /// # Errors
    /// If it keeps nothing, or its servers are somebody else's; and as [`backup::back_up`](crate::backup::back_up).
    pub async fn back_up(&self, to: &Path) -> anyhow::Result<()> {
        let url = self.postgres.lock().await.admin_url();
        backup::back_up(&self.folder.path(""), &url, to).await
    }

    /// Where PostgreSQL listens.
    pub async fn postgres_port(&self) -> u16 {
        let url = Url::parse(&self.postgres.lock().await.admin_url()).ok();
        url.and_then(|url| url.port()).unwrap_or(POSTGRES)
    }

    /// The first gateway, such as `http://127.0.0.1:20001`.
    #[must_use]
    pub fn gateway(&self) -> &str {
        &self.gateways[0]
    }

    /// All gateways: clients choose.
    #[must_use]
    pub fn gateways(&self) -> &[String] {
        &self.gateways
    }

    /// The mail catcher.
    #[must_use]
    pub fn mail(&self) -> &Mail {
        &self.mail
    }

    /// Where a service's replicas answer calls, as `host:port`.
    pub async fn addresses(&self, service: Service) -> Vec<String> {
        join_all(self.replicas[&service].running().iter().map(|replica| async { replica.lock().await.address.clone() }))
            .await
    }

    /// Where a service's replicas tell how they are and what they measure, as `host:port`.
    pub async fn admin_addresses(&self, service: Service) -> Vec<String> {
        let replicas = self.replicas[&service].running().iter();
        join_all(replicas.map(|replica| async { replica.lock().await.admin_address.clone() })).await
    }

    /// The URL of a service's database for one who may read and change everything.
    ///
    /// The gateway has none.
    #[must_use]
    pub fn database_url(&self, service: Service) -> String {
        self.databases.admin_url(service)
    }

    /// The URL of a service's database under the role that another service connects with, or the service itself.
    #[must_use]
    pub fn database_url_as(&self, role: Service, service: Service) -> String {
        self.databases.url_of(service, role.name())
    }

    /// The broker's URL, and the seed of a user of it who may do everything; none on somebody else's server.
    pub async fn broker(&self) -> (String, Option<String>) {
        let nats = self.nats.lock().await;
        (nats.url().to_owned(), nats.credentials(BROKERS_ADMINISTRATOR).map(str::to_owned))
    }

    /// The logs of all replicas, and of the servers that are ours.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub async fn logs(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut logs = self.folder.log_files()?;
        logs.extend(self.postgres.lock().await.log());
        logs.extend(self.nats.lock().await.log());
        Ok(logs)
    }

    /// The folder of our S3 server. In `objects` there is a folder for each bucket, and in that a file for each object,
    /// named by its key; all other files are the server's own.
    #[must_use]
    pub fn objects(&self) -> PathBuf {
        self.folder.path("s3")
    }

    /// The secrets of the system.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The seeded administrator's password.
    #[must_use]
    pub fn administrator_password(&self) -> &str {
        self.keys.administrator_password()
    }

    /// A token for the own port of a service, of whoever the session's token belongs to. It is valid for a minute.
    ///
    /// # Errors
    /// If auth does not know the session.
    pub async fn internal_token(&self, session: &str, service: Service) -> anyhow::Result<String> {
        exchange(&self.keys, &self.addresses(Service::Auth).await, session, service).await
    }

    /// Kills one replica with SIGKILL, as a crash would end it.
    pub async fn kill(&self, service: Service, replica: usize) {
        self.replicas[&service].at(replica).lock().await.kill().await;
    }

    /// Freezes one replica with SIGSTOP: it can still be connected to, and answers nothing.
    pub async fn freeze(&self, service: Service, replica: usize) {
        self.replicas[&service].at(replica).lock().await.freeze(true);
    }

    /// Lets a frozen replica go on.
    pub async fn thaw(&self, service: Service, replica: usize) {
        self.replicas[&service].at(replica).lock().await.freeze(false);
    }

    /// Starts a replica that was killed, at the same place, and waits until it is ready.
    ///
    /// # Errors
    /// If it does not become ready.
    pub async fn restart(&self, service: Service, replica: usize) -> anyhow::Result<()> {
        let mut replica = self.replicas[&service].at(replica).lock().await;
        replica.kill().await;
        replica.start()?;
        replica.ready(Instant::now() + READY_WITHIN).await
    }

    /// Lets a replica stop as an orchestrator would, and starts it with a changed configuration, such as
    /// `("TASKS__PAGE_KEY", "...")`; waits until it is ready.
    ///
    /// # Errors
    /// If it does not stop or does not become ready.
    pub async fn reconfigure(
        &self,
        service: Service,
        replica: usize,
        changes: &[(String, String)],
    ) -> anyhow::Result<()> {
        ensure!(self.drain(service, replica).await, "{service} {replica} had to be killed");
        let mut replica = self.replicas[&service].at(replica).lock().await;
        replica.configure(changes);
        replica.start()?;
        replica.ready(Instant::now() + READY_WITHIN).await
    }

    /// The variables by which a service is configured.
    pub async fn variables(&self, service: Service) -> Vec<String> {
        self.replicas[&service].at(0).lock().await.variables()
    }

    /// Does a chore about the keys of a service, as its first replica is configured, and returns what it prints.
    ///
    /// # Errors
    /// If it fails; the text is what it says.
    pub async fn keys_of(&self, service: Service, command: &[&str]) -> anyhow::Result<String> {
        let chore = self.replicas[&service].at(0).lock().await.command("keys", command);
        let done = tokio::process::Command::from(chore).output().await?;
        let said = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        ensure!(done.status.success(), "{}", said(done.stderr));
        Ok(said(done.stdout))
    }

    /// Waits until a replica says that it is ready.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ready(&self, service: Service, replica: usize) -> anyhow::Result<()> {
        self.replicas[&service].at(replica).lock().await.ready(Instant::now() + READY_WITHIN).await
    }

    /// The browser in which pages are looked at, if there is one.
    #[must_use]
    pub fn browser(&self) -> Option<&Path> {
        self.chromium.as_ref().map(|chromium| chromium.program.as_path())
    }

    /// Starts one more worker of renditions; returns its number. It makes pictures of all kinds, or after the first
    /// ones ([`Settings::page_workers`]) of all that need no page. It may not be ready yet.
    ///
    /// # Errors
    /// If it can't be started.
    pub async fn add_worker(&self) -> anyhow::Result<usize> {
        self.workers.add().await
    }

    /// Waits until all workers are ready.
    ///
    /// # Errors
    /// If one does not become ready.
    pub async fn workers_ready(&self) -> anyhow::Result<()> {
        self.workers.ready(Instant::now() + READY_WITHIN).await
    }

    /// Lets the worker that was added last stop as an orchestrator would, and waits until it has; false if it had to be
    /// killed, or there is none.
    pub async fn remove_worker(&self) -> bool {
        self.workers.remove().await
    }

    /// How many workers of renditions were started and not removed.
    pub async fn workers(&self) -> usize {
        self.workers.addresses().await.len()
    }

    /// Where workers tell how they are and what they measure, as `host:port`.
    pub async fn worker_addresses(&self) -> Vec<String> {
        self.workers.addresses().await
    }

    /// Kills a worker with SIGKILL, as a crash would end it.
    pub async fn kill_worker(&self, number: usize) {
        self.workers.kill(number).await;
    }

    /// The numbers of the processes of PostgreSQL and NATS, where they are ours and run.
    pub async fn server_processes(&self) -> Vec<u32> {
        let (postgres, nats) = (self.postgres.lock().await.process_id(), self.nats.lock().await.process_id());
        [postgres, nats].into_iter().flatten().collect()
    }

    /// Starts servers and replicas again that have ended without having been asked to, as an orchestrator would; says
    /// which and how.
    pub async fn revive(&self) -> Vec<String> {
        let mut said = self.revive_servers().await;
        for replica in self.running() {
            match replica.lock().await.revive() {
                Ok(None) => {}
                Ok(Some(revived)) => said.push(revived),
                Err(error) => said.push(format!("{error:#}")),
            }
        }
        said.extend(self.workers.revive().await);
        said
    }

    /// PostgreSQL and NATS; S3 and the mail catcher are threads of ours.
    async fn revive_servers(&self) -> Vec<String> {
        let mut said = Vec::new();
        let mut postgres = self.postgres.lock().await;
        if let Some(status) = postgres.ended() {
            let log = postgres.log();
            said.push(told("PostgreSQL", status, log, postgres.restart().await));
        }
        drop(postgres);
        let mut nats = self.nats.lock().await;
        if let Some(status) = nats.ended() {
            let log = nats.log();
            said.push(told("NATS", status, log, nats.restart().await));
        }
        said
    }

    /// Asks a replica to stop as an orchestrator would, and waits until it has; false if it did not in time.
    pub async fn drain(&self, service: Service, replica: usize) -> bool {
        let mut replica = self.replicas[&service].at(replica).lock().await;
        replica.terminate();
        replica.gone().await
    }

    /// Kills PostgreSQL with SIGKILL and starts it again on what it has written.
    ///
    /// # Errors
    /// If it is not ours or does not come up.
    pub async fn crash_postgres(&self) -> anyhow::Result<()> {
        let mut postgres = self.postgres.lock().await;
        postgres.kill().await?;
        Ok(postgres.restart().await?)
    }

    /// Kills NATS with SIGKILL and leaves it so.
    ///
    /// # Errors
    /// If it is not ours.
    pub async fn kill_nats(&self) -> anyhow::Result<()> {
        Ok(self.nats.lock().await.kill().await?)
    }

    /// Kills NATS with SIGKILL and starts it again on what it has written.
    ///
    /// # Errors
    /// If it is not ours or does not come up.
    pub async fn crash_nats(&self) -> anyhow::Result<()> {
        let mut nats = self.nats.lock().await;
        nats.kill().await?;
        Ok(nats.restart().await?)
    }

    /// Kills NATS with SIGKILL and starts it again without anything that it had stored.
    ///
    /// # Errors
    /// If it is not ours or does not come up.
    pub async fn lose_nats(&self) -> anyhow::Result<()> {
        Ok(self.nats.lock().await.lose().await?)
    }

    /// Ends S3 at once, with its connections as they are, and leaves it so.
    ///
    /// # Errors
    /// If it is not ours.
    pub async fn kill_s3(&self) -> anyhow::Result<()> {
        Ok(self.s3.lock().await.kill().await?)
    }

    /// Starts S3 again on what it has written.
    ///
    /// # Errors
    /// If it is not ours or does not come up.
    pub async fn restart_s3(&self) -> anyhow::Result<()> {
        Ok(self.s3.lock().await.restart().await?)
    }

    /// Copies all logs to a folder that stays, and returns it.
    ///
    /// # Errors
    /// If they can't be copied.
    pub fn keep_logs(&self) -> anyhow::Result<PathBuf> {
        self.folder.keep_logs()
    }

    /// Stops the services, then the servers; returns the replicas that had to be killed.
    pub async fn stop(mut self) -> Vec<String> {
        let mut stubborn = self.workers.stop().await;
        for replica in self.running() {
            replica.lock().await.terminate();
        }
        for (service, replicas) in &self.replicas {
            for (number, replica) in replicas.running().iter().enumerate() {
                if !replica.lock().await.gone().await {
                    stubborn.push(format!("{service} {number}"));
                }
            }
        }
        self.replicas.clear();
        if self.borrowed
            && let Err(error) = self.databases.remove().await
        {
            tracing::warn!(error = format!("{error:#}"), "databases are left on the given server");
        }
        stubborn
    }
}

/// What became of a server that had ended.
fn told(
    name: &str,
    status: ExitStatus,
    log: Option<PathBuf>,
    restarted: Result<(), labelmesh_servers::Error>,
) -> String {
    let log = log.unwrap_or_default();
    match restarted {
        Ok(()) => format!("{name} ended ({status}) and was started again; its log is {}", log.display()),
        Err(error) => format!("{name} ended ({status}) and can't be started again: {error}"),
    }
}

async fn postgres(settings: &Settings, tools: &Tools, folder: &Folder) -> anyhow::Result<Postgres> {
    match Postgres::from_env().filter(|_| settings.given_servers) {
        Some(given) => Ok(given?),
        // Without a folder of ours it takes one that goes away, and stops without writing everything out first.
        None => Ok(Postgres::start(tools, folder.kept("postgres"), settings.durability).await?),
    }
}

async fn nats(settings: &Settings, tools: &Tools, folder: &Folder) -> anyhow::Result<Nats> {
    match Nats::from_env().filter(|_| settings.given_servers) {
        Some(given) => Ok(given),
        None => Ok(Nats::start(tools, folder.kept("nats")).await?),
    }
}
