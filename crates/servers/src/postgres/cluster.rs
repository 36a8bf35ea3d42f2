//! A data folder of PostgreSQL: its making, its password, its settings.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use labelmesh_ephemeral::Scratch;
use nix::sys::signal::Signal;

use super::Durability;
use super::runtime::Runtime;
use crate::Error;
use crate::error::log_tail;
use crate::process::{Launch, Process};
use crate::scratch::scratch;
use crate::secret;

/// Where the data is in the folder.
pub(super) const DATA: &str = "cluster";

/// The folder and what keeps it ours.
#[derive(Debug)]
pub(crate) struct Cluster {
    folder: PathBuf,
    password: String,
    durability: Durability,
    /// Held while we use a folder that is kept.
    _lock: Option<File>,
    /// Removes a folder that is not.
    _scratch: Option<Scratch>,
}

impl Cluster {
    /// Opens the data in `folder`, making it where there is none; `None`: a temporary one.
    pub(crate) async fn open(
        runtime: &Runtime,
        folder: Option<PathBuf>,
        durability: Durability,
    ) -> Result<Self, Error> {
        let (folder, lock, scratch) = match folder {
            Some(folder) => {
                fs::create_dir_all(&folder).map_err(Error::io("could not make", &folder))?;
                let folder = folder.canonicalize().map_err(Error::io("could not find", &folder))?;
                let lock = lock(&folder)?;
                (folder, Some(lock), None)
            }
            None => {
                let scratch = scratch()?;
                (scratch.path().to_owned(), None, Some(scratch))
            }
        };
        let password = secret::kept(&folder.join("password"))?;
        let cluster = Self { folder, password, durability, _lock: lock, _scratch: scratch };
        if !cluster.data().exists() {
            cluster.create(runtime).await?;
        }
        Ok(cluster)
    }

    /// The folder that holds the data, the password and the log.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The superuser's password.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Where the server writes its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    fn data(&self) -> PathBuf {
        self.folder.join(DATA)
    }

    /// Runs initdb beside the final place, so that an interrupted one leaves nothing that looks whole.
    async fn create(&self, runtime: &Runtime) -> Result<(), Error> {
        let fresh = self.folder.join("cluster.new");
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(Error::io("could not remove", &fresh))?;
        }
        fs::create_dir(&fresh).map_err(Error::io("could not make", &fresh))?;
        fs::set_permissions(&fresh, Permissions::from_mode(0o700)).map_err(Error::io("could not protect", &fresh))?;
        let secret = self.folder.join("password");
        if let Some(account) = runtime.account() {
            account.own(&fresh)?;
            account.own(&secret)?;
        }
        let mut command = runtime.command("initdb", &fresh);
        command.args(["--username=postgres", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]);
        command.args(["--builtin-locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions"]);
        // Opened by us and read through the descriptor, since the user may not reach the file by its path.
        command.arg("--pwfile=/dev/stdin");
        if self.durability == Durability::None {
            command.arg("--no-sync");
        }
        let input = File::open(&secret).map_err(Error::io("could not open", &secret))?;
        self.run_to_end(command, runtime, input).await?;
        fs::rename(&fresh, self.data()).map_err(Error::io("could not rename", &fresh))
    }

    async fn run_to_end(&self, command: Command, runtime: &Runtime, input: File) -> Result<(), Error> {
        let launch = Launch {
            command,
            account: runtime.account(),
            last_signal: Signal::SIGKILL,
            input: Some(input),
            log: self.log(),
        };
        let process = Process::start(launch)?;
        process.wait(Duration::from_secs(120)).await;
        match process.ended() {
            Some(status) if status.success() => Ok(()),
            _ => Err(Error::Ended { name: "initdb", log: log_tail(&self.log()) }),
        }
    }

    /// What starts the server on `port`.
    pub(crate) fn launch(&self, runtime: &Runtime, port: u16) -> Launch {
        self.forget_stale_pid();
        let mut command = runtime.command("postgres", &self.data());
        let mut set = |setting: &str| {
            command.args(["-c", setting]);
        };
        set("listen_addresses=127.0.0.1");
        set(&format!("port={port}"));
        set("unix_socket_directories=");
        // Two replicas of a gateway and six services, each with a pool, and tests that look on.
        set("max_connections=400");
        set("shared_buffers=256MB");
        set("timezone=UTC");
        set("log_timezone=UTC");
        // Tells who waited for whom when a test finds a deadlock or a slow lock.
        set("log_lock_waits=on");
        if self.durability == Durability::None {
            set("fsync=off");
            set("full_page_writes=off");
            set("wal_level=minimal");
            set("max_wal_senders=0");
        }
        Launch {
            command,
            account: runtime.account(),
            // Nobody is left to wait for a graceful end; what is kept is worth a checkpoint.
            last_signal: self.stop_signal(),
            input: None,
            log: self.log(),
        }
    }

    /// Fast shutdown where the data is kept; immediate where it goes away anyhow.
    pub(crate) fn stop_signal(&self) -> Signal {
        if self._scratch.is_some() { Signal::SIGQUIT } else { Signal::SIGINT }
    }

    /// Removes the note of a killed server whose process number now belongs to something else, or to what is left of
    /// it: PostgreSQL would take that for the server and refuse to start, for ever.
    fn forget_stale_pid(&self) {
        let note = self.data().join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&note) else { return };
        let Some(pid) = text.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) else {
            return;
        };
        if is_no_server(pid) {
            let _ = fs::remove_file(note);
        }
    }
}

/// Whether a process is known to be no PostgreSQL that runs: it is something else, or it has ended and nobody has asked
/// how. Where the system does not tell, PostgreSQL judges for itself.
fn is_no_server(pid: u32) -> bool {
    // `number (name) state ...`; the name may hold anything, also brackets.
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let Some((name, state)) = stat.rsplit_once(')') else { return false };
    let name = name.split_once('(').map_or("", |(_, name)| name);
    name != "postgres" || matches!(state.trim_start().chars().next(), Some('Z' | 'X'))
}

/// Locks a kept folder, so that two launchers never start two servers on one folder.
fn lock(folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(Error::io("could not make", &path))?;
    file.try_lock().map_err(|_| Error::InUse(folder.to_owned()))?;
    Ok(file)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_is_no_server_though_nobody_has_asked_how() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("postgres");
        fs::copy("/bin/cat", &program).expect("a program of the server's name");
        let mut child = Command::new(&program).stdin(std::process::Stdio::piped()).spawn().expect("it starts");
        assert!(!is_no_server(child.id()), "it runs and has the name");
        drop(child.stdin.take());
        // Nobody waits for it, so it stays a zombie until the test ends.
        while !is_no_server(child.id()) {
            std::thread::yield_now();
        }
        child.wait().expect("it has ended");
        assert!(is_no_server(std::process::id()), "another program");
    }
}
