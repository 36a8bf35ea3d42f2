//! NATS with JetStream, ours or given.

mod users;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use labelmesh_ephemeral::Scratch;
use nix::sys::signal::Signal;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::Instant;

use self::users::Users;
use crate::error::log_tail;
use crate::process::{Launch, Process};
use crate::scratch::scratch;
use crate::{Error, Tools, free_port};

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(30);
const NAME: &str = "nats-server";
const VARIABLE: &str = "LABELMESH_NATS_URL";

/// A NATS server on the loopback interface with JetStream, which writes every message to disk before it acknowledges
/// it. It knows the users that are generated from the contract and nobody else. Dropping it stops the server.
#[derive(Debug)]
pub struct Nats {
    url: String,
    own: Option<Own>,
}

/// A server that we started.
#[derive(Debug)]
struct Own {
    process: Option<Process>,
    /// How it ended without having been asked to, until it runs again.
    fallen: Option<ExitStatus>,
    port: u16,
    program: PathBuf,
    folder: PathBuf,
    users: Users,
    /// Removes a folder that is not kept.
    _scratch: Option<Scratch>,
}

impl Nats {
    /// Starts a server on a free port and waits until it answers with JetStream on.
    ///
    /// Streams are kept in `data_dir`, which is made if there is none, or in a temporary folder that goes away with
    /// the server.
    ///
    /// # Errors
    /// If the program was not fetched, the folder can't be used, or the server does not come up.
    pub async fn start(tools: &Tools, data_dir: Option<PathBuf>) -> Result<Self, Error> {
        let program = tools.nats_server()?;
        let (folder, scratch) = match data_dir {
            Some(folder) => (folder, None),
            None => {
                let scratch = scratch()?;
                (scratch.path().to_owned(), Some(scratch))
            }
        };
        fs::create_dir_all(&folder).map_err(Error::io("could not make", &folder))?;
        let folder = folder.canonicalize().map_err(Error::io("could not find", &folder))?;
        let users = Users::generate()?;
        let mut own = Own { process: None, fallen: None, port: 0, program, folder, users, _scratch: scratch };
        for attempt in 1.. {
            own.port = free_port().map_err(Error::io("could not find a port on", Path::new("127.0.0.1")))?;
            match own.run().await {
                Ok(()) => break,
                // Somebody was faster; there are more ports.
                Err(Error::Ended { log, .. }) if attempt < 5 && log.contains("address already in use") => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { url: format!("nats://127.0.0.1:{}", own.port), own: Some(own) })
    }

    /// A server somebody else runs.
    #[must_use]
    pub fn external(url: &str) -> Self {
        Self { url: url.to_owned(), own: None }
    }

    /// The server that `LABELMESH_NATS_URL` names; `None` if it is not set.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()).map(|url| Self::external(&url))
    }

    /// Where clients connect.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The credentials of a service of the contract, or of `administrator`, who may do everything. None for somebody
    /// else's server: who may connect there is said by its URL.
    #[must_use]
    pub fn credentials(&self, user: &str) -> Option<&str> {
        self.own.as_ref()?.users.seed(user)
    }

    /// Whether the server is somebody else's.
    #[must_use]
    pub fn is_external(&self) -> bool {
        self.own.is_none()
    }

    /// How it ended, if it is ours and has ended without having been asked to.
    #[must_use]
    pub fn ended(&self) -> Option<ExitStatus> {
        self.own.as_ref()?.ended()
    }

    /// The number of its process, if it is ours and runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        Some(self.own.as_ref()?.process.as_ref()?.id())
    }

    /// Where it writes what it has to say, if it is ours.
    #[must_use]
    pub fn log(&self) -> Option<PathBuf> {
        self.own.as_ref().map(|own| own.folder.join("nats.log"))
    }

    /// Stops the server gracefully.
    ///
    /// # Errors
    /// If it is external.
    pub async fn stop(&mut self) -> Result<(), Error> {
        self.own()?.end(Signal::SIGTERM).await;
        Ok(())
    }

    /// Kills the server with SIGKILL, as a crash would end it.
    ///
    /// # Errors
    /// If it is external.
    pub async fn kill(&mut self) -> Result<(), Error> {
        self.own()?.end(Signal::SIGKILL).await;
        Ok(())
    }

    /// Starts the server again on the same port and data, after a stop or a kill. A running one is stopped first.
    ///
    /// # Errors
    /// If it is external or does not come up.
    pub async fn restart(&mut self) -> Result<(), Error> {
        let own = self.own()?;
        own.fallen = own.ended();
        own.end(Signal::SIGTERM).await;
        own.run().await
    }

    /// Kills the server and starts it again without anything that it had stored, as after the loss of its disk.
    ///
    /// # Errors
    /// If it is external, its folder can't be removed, or it does not come up.
    pub async fn lose(&mut self) -> Result<(), Error> {
        let own = self.own()?;
        own.end(Signal::SIGKILL).await;
        let store = own.folder.join("store");
        fs::remove_dir_all(&store).map_err(Error::io("could not remove", &store))?;
        own.run().await
    }

    fn own(&mut self) -> Result<&mut Own, Error> {
        self.own.as_mut().ok_or(Error::External(NAME))
    }
}

impl Own {
    fn ended(&self) -> Option<ExitStatus> {
        self.process.as_ref().and_then(Process::ended).or(self.fallen)
    }

    /// Starts the process and waits for an answer.
    async fn run(&mut self) -> Result<(), Error> {
        let log = self.folder.join("nats.log");
        // A fresh log a start, so that an error never quotes an earlier one.
        fs::write(&log, "").map_err(Error::io("could not write", &log))?;
        let config = self.write_config()?;
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(config).current_dir(&self.folder);
        self.users.write(&self.folder)?;
        self.users.tell(&mut command);
        let launch = Launch { command, account: None, last_signal: Signal::SIGTERM, input: None, log: log.clone() };
        let process = Process::start(launch)?;
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if process.ended().is_some() {
                return Err(Error::Ended { name: NAME, log: log_tail(&log) });
            }
            match has_jetstream(self.port).await {
                Ok(true) => break,
                _ if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(10)).await,
                answer => {
                    let (seconds, last) = (READY_WITHIN.as_secs(), format!("{answer:?}"));
                    return Err(Error::NotReady { name: NAME, seconds, last, log: log_tail(&log) });
                }
            }
        }
        self.process = Some(process);
        self.fallen = None;
        Ok(())
    }

    fn write_config(&self) -> Result<PathBuf, Error> {
        let path = self.folder.join("nats.conf");
        let store = serde_json::Value::from(self.folder.join("store").to_string_lossy().into_owned());
        let text = format!(
            "listen: \"127.0.0.1:{}\"\nserver_name: labelmesh\njetstream {{\n  store_dir: {store}\n  \
             # An acknowledged event must survive the loss of power.\n  sync_interval: always\n}}\ninclude \"users.conf\"\n",
            self.port,
        );
        fs::write(&path, text).map_err(Error::io("could not write", &path))?;
        Ok(path)
    }

    async fn end(&mut self, signal: Signal) {
        if let Some(process) = self.process.take() {
            process.signal(signal);
            process.wait(STOP_WITHIN).await;
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop_blocking(Signal::SIGTERM, STOP_WITHIN);
        }
    }
}

/// Whether a server greets on the port and says that JetStream is on.
async fn has_jetstream(port: u16) -> std::io::Result<bool> {
    let greeting = async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await?;
        std::io::Result::Ok(line)
    };
    let line = tokio::time::timeout(Duration::from_secs(5), greeting).await??;
    let info = line.strip_prefix("INFO ").unwrap_or_default();
    Ok(serde_json::from_str::<serde_json::Value>(info).is_ok_and(|info| info["jetstream"] == true))
}
