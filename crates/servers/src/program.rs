//! A program of somebody else's choice as a child that never outlives us.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::Error;
use crate::error::log_tail;
use crate::process::{Launch, Process};

/// A running program. Dropping the value kills it; when we are killed, so is it.
#[derive(Debug)]
pub struct Program {
    process: Process,
    log: PathBuf,
}

impl Program {
    /// Starts a command as ourselves, with nothing to read and its output appended to `log`.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(command: Command, log: &Path) -> Result<Self, Error> {
        let launch = Launch { command, account: None, last_signal: Signal::SIGKILL, input: None, log: log.to_owned() };
        Ok(Self { process: Process::start(launch)?, log: log.to_owned() })
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ended(&self) -> Option<ExitStatus> {
        self.process.ended()
    }

    /// Waits until it has ended; false if that takes longer than `limit`.
    pub async fn wait(&self, limit: Duration) -> bool {
        self.process.wait(limit).await
    }

    /// Asks it to end with SIGTERM, unless it has ended.
    pub fn terminate(&self) {
        self.process.signal(Signal::SIGTERM);
    }

    /// Stops it with SIGSTOP where it stands: it is there and does nothing.
    pub fn freeze(&self) {
        self.process.signal(Signal::SIGSTOP);
    }

    /// Lets it go on after [`Program::freeze`].
    pub fn thaw(&self) {
        self.process.signal(Signal::SIGCONT);
    }

    /// Kills it with SIGKILL, as a crash would end it, and waits until it is gone.
    pub async fn kill(&self) {
        self.process.signal(Signal::SIGKILL);
        self.process.wait(Duration::from_secs(10)).await;
    }

    /// The last lines that it wrote.
    #[must_use]
    pub fn log_tail(&self) -> String {
        log_tail(&self.log)
    }
}
