//! Child processes that never outlive us.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Error;
use crate::account::Account;

/// How often a process is asked whether it has ended.
const POLL: Duration = Duration::from_millis(5);

/// What to run and how.
pub(crate) struct Launch {
    pub(crate) command: Command,
    /// Who to run it as; `None`: as ourselves.
    pub(crate) account: Option<Account>,
    /// What it gets when we die without having stopped it.
    pub(crate) last_signal: Signal,
    /// What it reads; `None`: nothing.
    pub(crate) input: Option<File>,
    /// Where its output goes, appended.
    pub(crate) log: PathBuf,
}

/// A running child. Dropping the value kills the process without giving it time; the servers' own types stop theirs
/// gracefully before.
#[derive(Debug)]
pub(crate) struct Process {
    child: Mutex<Child>,
}

impl Process {
    /// Starts a child in a process group of its own, so that we decide the order of stopping.
    pub(crate) fn start(launch: Launch) -> Result<Self, Error> {
        let program = PathBuf::from(launch.command.get_program());
        let child = spawn(launch).map_err(Error::io("could not start", &program))?;
        Ok(Self { child: Mutex::new(child) })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.lock().id()
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&self) -> Option<ExitStatus> {
        self.lock().try_wait().ok().flatten()
    }

    /// Sends a signal, unless the process has ended.
    pub(crate) fn signal(&self, signal: Signal) {
        // Under the lock and unreaped the number can't belong to another process yet.
        let mut child = self.lock();
        if let (Ok(None), Ok(pid)) = (child.try_wait(), i32::try_from(child.id())) {
            // It can only have ended in between, which is what a signal is for.
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }

    /// Waits until it has ended; false if that takes longer than `limit`.
    pub(crate) async fn wait(&self, limit: Duration) -> bool {
        let ended = async {
            while self.ended().is_none() {
                tokio::time::sleep(POLL).await;
            }
        };
        tokio::time::timeout(limit, ended).await.is_ok()
    }

    /// Asks it to end with `signal`, waits, and kills it if it does not. For `drop`, so it blocks.
    pub(crate) fn stop_blocking(&self, signal: Signal, limit: Duration) {
        self.signal(signal);
        let polls = limit.as_millis() / POLL.as_millis();
        for _ in 0..polls {
            if self.ended().is_some() {
                return;
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "a drop can't await, and what it waits for needs none of our threads"
            )]
            std::thread::sleep(POLL);
        }
        self.signal(Signal::SIGKILL);
        let _ = self.lock().wait();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
        let _ = self.lock().wait();
    }
}

/// Opens a server's log for appending.
fn open_log(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn spawn(launch: Launch) -> io::Result<Child> {
    let Launch { mut command, account, last_signal, input, log } = launch;
    let log = open_log(&log)?;
    let input = input.map_or_else(Stdio::null, Stdio::from);
    command.stdin(input).stdout(log.try_clone()?).stderr(log);
    run_as(&mut command, account);
    labelmesh_ephemeral::spawn(command, last_signal)
}

/// Has the child change to `account`.
///
/// This is not `Command::uid`, which would change to the working folder as the other user: that one may be inside a
/// home folder which only root can enter.
pub(crate) fn run_as(command: &mut Command, account: Option<Account>) {
    let Some(account) = account else { return };
    #[expect(
        unsafe_code,
        reason = "between fork and exec only system calls are made: no memory is allocated and no lock is taken"
    )]
    // SAFETY: it calls setgroups, setgid and setuid and makes errors of their numbers.
    unsafe {
        command.pre_exec(move || account.become_it());
    }
}
