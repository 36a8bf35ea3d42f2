//! One process of one service.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, bail};
use labelmesh_servers::{Program, http_client};
use tokio::time::Instant;

use crate::Service;

/// How often it is asked whether it is ready.
const POLL: Duration = Duration::from_millis(20);
/// How long a graceful stop may take before it becomes a kill.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// A process of a service: running, or stopped and able to run again at the same place.
#[derive(Debug)]
pub(crate) struct Replica {
    service: Service,
    binary: PathBuf,
    /// What it is started with.
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    /// Where it answers calls.
    pub(crate) address: String,
    /// Where it tells how it is.
    pub(crate) admin_address: String,
    log: PathBuf,
    program: Option<Program>,
}

impl Replica {
    /// A process that is not started yet.
    pub(crate) fn new(
        service: Service,
        binary: &Path,
        log: PathBuf,
        (address, admin_address): (String, String),
        environment: Vec<(String, String)>,
    ) -> Self {
        let (binary, arguments) = (binary.to_owned(), vec!["serve".to_owned(), service.name().to_owned()]);
        Self { service, binary, arguments, environment, address, admin_address, log, program: None }
    }

    /// The same, started with other arguments: in another role of its service.
    pub(crate) fn started_with(self, arguments: &[&str]) -> Self {
        Self { arguments: arguments.iter().map(ToString::to_string).collect(), ..self }
    }

    /// Configures it otherwise from its next start on.
    pub(crate) fn configure(&mut self, changes: &[(String, String)]) {
        for (key, value) in changes {
            self.environment.retain(|(known, _)| known != key);
            self.environment.push((key.clone(), value.clone()));
        }
    }

    /// The names of what it is configured by.
    pub(crate) fn variables(&self) -> Vec<String> {
        self.environment.iter().map(|(name, _)| name.clone()).collect()
    }

    /// What does a command for the service, as it is configured.
    pub(crate) fn command(&self, command: &str, arguments: &[&str]) -> Command {
        let mut program = Command::new(&self.binary);
        program.args([command, self.service.name()]).args(arguments).envs(self.environment.iter().cloned());
        program
    }

    /// Starts the process. It is not ready yet.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        let mut command = Command::new(&self.binary);
        command.args(&self.arguments).envs(self.environment.iter().cloned());
        let program = Program::start(command, &self.log).with_context(|| format!("can't start {}", self.service))?;
        self.program = Some(program);
        Ok(())
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn ready(&self, deadline: Instant) -> anyhow::Result<()> {
        let Some(program) = &self.program else { bail!("{} is not running", self.service) };
        let url = format!("http://{}/readyz", self.admin_address);
        loop {
            if let Some(status) = program.ended() {
                bail!("{} ended while starting ({status}); its log says:\n{}", self.service, program.log_tail());
            }
            let Err(said) = ask(&url).await else { return Ok(()) };
            if Instant::now() >= deadline {
                bail!("{} is not ready: it says {said}; its log says:\n{}", self.service, program.log_tail());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Whether somebody else took the port between our choosing it and its use.
    pub(crate) fn lost_its_port(&self) -> bool {
        self.program.as_ref().is_some_and(|program| program.ended().is_some() && program.log_tail().contains("in use"))
    }

    /// Kills it as a crash would.
    pub(crate) async fn kill(&self) {
        if let Some(program) = &self.program {
            program.kill().await;
        }
    }

    /// Freezes it, or lets it go on.
    pub(crate) fn freeze(&self, frozen: bool) {
        match &self.program {
            Some(program) if frozen => program.freeze(),
            Some(program) => program.thaw(),
            None => {}
        }
    }

    /// Starts it again where it has ended without having been asked to, and says how it ended.
    pub(crate) fn revive(&mut self) -> anyhow::Result<Option<String>> {
        let Some(status) = self.program.as_ref().and_then(Program::ended) else { return Ok(None) };
        self.start()?;
        let (service, address, log) = (self.service, &self.address, self.log.display());
        Ok(Some(format!("{service} at {address} ended ({status}) and was started again; its log is {log}")))
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        if let Some(program) = &self.program {
            program.terminate();
        }
    }

    /// Waits until a process that was asked to stop has ended, and kills it if it does not; false if it had to.
    pub(crate) async fn gone(&mut self) -> bool {
        let Some(program) = self.program.take() else { return true };
        let stopped = program.wait(STOP_WITHIN).await;
        if !stopped {
            program.kill().await;
        }
        stopped
    }
}

/// Asks a process how it is; the error is its answer.
async fn ask(url: &str) -> Result<(), String> {
    let asked = http_client().get(url).timeout(Duration::from_secs(2)).send();
    let response = asked.await.map_err(|_| "nothing".to_owned())?;
    if response.status().is_success() {
        return Ok(());
    }
    let status = response.status();
    Err(format!("{status} {}", response.text().await.unwrap_or_default().trim()))
}
