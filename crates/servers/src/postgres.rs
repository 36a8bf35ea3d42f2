//! PostgreSQL, ours or given.

mod backup;
mod cluster;
mod runtime;

use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use sqlx::{Connection, PgConnection};
use tokio::time::Instant;
use url::Url;

use crate::error::log_tail;
use crate::process::Process;
use crate::{Error, Tools, free_port};
pub use backup::{back_up, restore};
use cluster::Cluster;
use runtime::Runtime;

/// How long a server may take to answer; recovery after a kill is part of it.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long a graceful stop may take before it becomes a kill.
const STOP_WITHIN: Duration = Duration::from_secs(30);
const NAME: &str = "PostgreSQL";
const VARIABLE: &str = "LABELMESH_POSTGRES_URL";

/// What survives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Durability {
    /// A committed transaction survives the loss of power.
    Full,
    /// A committed transaction survives a killed server, but not the loss of power: for tests, which are faster so.
    None,
}

/// A PostgreSQL server on the loopback interface with a superuser's URL. Dropping it stops the server.
#[derive(Debug)]
pub struct Postgres {
    admin_url: Url,
    own: Option<Own>,
}

/// A server that we started.
#[derive(Debug)]
struct Own {
    process: Option<Process>,
    /// How it ended without having been asked to, until it runs again.
    fallen: Option<ExitStatus>,
    port: u16,
    cluster: Cluster,
    runtime: Runtime,
}

impl Postgres {
    /// Starts a server on a free port and waits until it answers.
    ///
    /// The data is kept in `data_dir`, which is made if there is none, or in a temporary folder that goes away with
    /// the server. Started by root, it runs as the user `nobody`; `data_dir` may be where only root can go.
    ///
    /// # Errors
    /// If the programs were not fetched, the folder can't be used, or the server does not come up.
    pub async fn start(tools: &Tools, data_dir: Option<PathBuf>, durability: Durability) -> Result<Self, Error> {
        let runtime = Runtime::prepare(tools).await?;
        let cluster = Cluster::open(&runtime, data_dir, durability).await?;
        let mut own = Own { process: None, fallen: None, port: 0, cluster, runtime };
        for attempt in 1.. {
            own.port = free_port().map_err(Error::io("could not find a port on", Path::new("127.0.0.1")))?;
            match own.run().await {
                Ok(()) => break,
                // Somebody was faster; there are more ports.
                Err(Error::Ended { log, .. }) if attempt < 5 && log.contains("Address already in use") => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { admin_url: own.url(), own: Some(own) })
    }

    /// A server somebody else runs, by the URL of a superuser.
    ///
    /// # Errors
    /// If the URL is none.
    pub fn external(url: &str) -> Result<Self, Error> {
        let admin_url =
            Url::parse(url).map_err(|error| Error::Variable { variable: VARIABLE, reason: error.to_string() })?;
        Ok(Self { admin_url, own: None })
    }

    /// The server that `LABELMESH_POSTGRES_URL` names; `None` if it is not set.
    ///
    /// # Errors
    /// If it is set to what is no URL.
    pub fn from_env() -> Option<Result<Self, Error>> {
        std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()).map(|url| Self::external(&url))
    }

    /// The superuser's URL of the database `postgres` (or of the one an external server was given with).
    #[must_use]
    pub fn admin_url(&self) -> String {
        self.admin_url.to_string()
    }

    /// The superuser's URL of another database.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let mut url = self.admin_url.clone();
        url.set_path(database);
        url.to_string()
    }

    /// The folder with data, password and log; `None` for an external server.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.own.as_ref().map(|own| own.cluster.folder())
    }

    /// The number of its main process, if it is ours and runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        Some(self.own.as_ref()?.process.as_ref()?.id())
    }

    /// How it ended, if it is ours and has ended without having been asked to.
    #[must_use]
    pub fn ended(&self) -> Option<ExitStatus> {
        self.own.as_ref()?.ended()
    }

    /// Where it writes what it has to say, if it is ours.
    #[must_use]
    pub fn log(&self) -> Option<PathBuf> {
        self.own.as_ref().map(|own| own.cluster.log())
    }

    /// Stops the server gracefully: running transactions are rolled back, committed ones written out.
    ///
    /// # Errors
    /// If it is external.
    pub async fn stop(&mut self) -> Result<(), Error> {
        self.own()?.stop().await;
        Ok(())
    }

    /// Kills the server's main process with SIGKILL, as a crash would end it.
    ///
    /// # Errors
    /// If it is external.
    pub async fn kill(&mut self) -> Result<(), Error> {
        if let Some(process) = self.own()?.process.take() {
            process.signal(Signal::SIGKILL);
            process.wait(STOP_WITHIN).await;
        }
        Ok(())
    }

    /// Starts the server again on the same port and data, after a stop or a kill, and waits until it has recovered.
    /// A running one is stopped gracefully first.
    ///
    /// # Errors
    /// If it is external or does not come up.
    pub async fn restart(&mut self) -> Result<(), Error> {
        let own = self.own()?;
        own.fallen = own.ended();
        own.stop().await;
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            match own.run().await {
                // The children of a killed server take a moment to notice; until then it refuses to start.
                Err(Error::Ended { log, .. }) if lingers(&log) && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                result => return result,
            }
        }
    }

    fn own(&mut self) -> Result<&mut Own, Error> {
        self.own.as_mut().ok_or(Error::External(NAME))
    }
}

/// Whether the end of a log says that parts of the previous server are still there, or that they are just going: what
/// they say of it may be all that the end of the log has.
fn lingers(log: &str) -> bool {
    const SAID: [&str; 4] =
        ["is still in use", "already exists", "Address already in use", "due to unexpected postmaster exit"];
    SAID.iter().any(|text| log.contains(text))
}

impl Own {
    fn ended(&self) -> Option<ExitStatus> {
        self.process.as_ref().and_then(Process::ended).or(self.fallen)
    }

    fn url(&self) -> Url {
        let text = format!("postgres://postgres:{}@127.0.0.1:{}/postgres", self.cluster.password(), self.port);
        Url::parse(&text).expect("a password of hexadecimal digits and a port make a URL")
    }

    /// Starts the process and waits for an answer.
    async fn run(&mut self) -> Result<(), Error> {
        let log = self.cluster.log();
        // A fresh log a start, so that an error never quotes an earlier one.
        std::fs::write(&log, "").map_err(Error::io("could not write", &log))?;
        let process = Process::start(self.cluster.launch(&self.runtime, self.port))?;
        let url = self.url();
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if process.ended().is_some() {
                return Err(Error::Ended { name: NAME, log: log_tail(&log) });
            }
            match answers(&url).await {
                Ok(()) => break,
                Err(_) if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(10)).await,
                Err(last) => {
                    let seconds = READY_WITHIN.as_secs();
                    return Err(Error::NotReady { name: NAME, seconds, last, log: log_tail(&log) });
                }
            }
        }
        self.process = Some(process);
        self.fallen = None;
        Ok(())
    }

    async fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.signal(self.cluster.stop_signal());
            process.wait(STOP_WITHIN).await;
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop_blocking(self.cluster.stop_signal(), STOP_WITHIN);
        }
    }
}

/// One real connection, with the password.
async fn answers(url: &Url) -> Result<(), String> {
    let connected = tokio::time::timeout(Duration::from_secs(5), PgConnection::connect(url.as_str())).await;
    let connection = connected.map_err(|_| "no answer".to_owned())?.map_err(|error| error.to_string())?;
    // Whether it ends politely does not matter.
    let _ = connection.close().await;
    Ok(())
}
