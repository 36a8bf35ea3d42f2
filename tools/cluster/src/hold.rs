//! The namespaces that a cluster lives in: a network, mounts and processes of its own.
//!
//! The kernel ends every process of such a namespace when its first one ends, and forgets its mounts and its network
//! with the last: so nothing is left over, however we end.

use std::{
    env, fs, io,
    os::unix::process::CommandExt as _,
    process::{Command, ExitCode, Stdio},
};

use anyhow::Context as _;
use nix::{
    errno::Errno,
    sys::wait::{WaitStatus, wait},
    unistd::Pid,
};
use procfs::process::Process;

use crate::{
    layout::{Layout, write},
    node::TEMPORARY,
};

/// Who holds the namespaces: a process by its number and by when it began, since numbers are used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) pid: i32,
    started: u64,
}

impl Holder {
    /// Who holds those of the running cluster; none, if none runs.
    ///
    /// # Errors
    /// If the record is there and can't be read.
    pub(crate) fn find(layout: &Layout) -> anyhow::Result<Option<Self>> {
        let path = layout.state("holder");
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("can't read {}", path.display()))?,
        };
        let (pid, started) = text.trim().split_once(' ').context("the record of the holder is none")?;
        let recorded = Self { pid: pid.parse()?, started: started.parse()? };
        Ok(Self::of(recorded.pid).filter(|found| *found == recorded))
    }

    fn of(pid: i32) -> Option<Self> {
        let stat = Process::new(pid).ok()?.stat().ok()?;
        (stat.state != 'Z').then_some(Self { pid, started: stat.starttime })
    }

    /// Whether it is there still.
    pub(crate) fn lives(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// The first process of the namespaces, as we see it; none while it is being started.
    pub(crate) fn first_process(self) -> Option<Self> {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.pid)).ok()?;
        Self::of(children.split_whitespace().next()?.parse().ok()?)
    }
}

/// Starts the holder in the background.
///
/// # Errors
/// If it can't be started.
pub(crate) fn start(layout: &Layout) -> anyhow::Result<()> {
    let log = layout.log("node");
    write(&log, "")?;
    let log = fs::File::options().append(true).open(&log)?;
    // In a group of its own, so that a Ctrl-C does not reach it.
    let mut hold = Command::new(env::current_exe()?);
    hold.arg("hold").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
    hold.spawn().context("can't start the node")?;
    Ok(())
}

/// Records this process as the holder and becomes `unshare`, which starts [`first_process`] in namespaces of its own
/// and takes it along when it is killed.
///
/// # Errors
/// If the record can't be written or `unshare` not be started; else this does not return.
pub(crate) fn hold(layout: &Layout) -> anyhow::Result<()> {
    let pid = i32::try_from(std::process::id())?;
    let Holder { started, .. } = Holder::of(pid).context("we can't see ourselves in /proc")?;
    write(&layout.state("holder"), format!("{pid} {started}\n"))?;
    let mut unshare = Command::new("unshare");
    unshare.args(["--fork", "--pid", "--kill-child", "--mount-proc", "--mount", "--net", "--ipc", "--uts", "--"]);
    Err(unshare.arg(env::current_exe()?).arg("init").exec()).context("can't start unshare")
}

/// Starts the node and waits for every process that ends, its own children and those whose parents have ended: the
/// kernel gives these to the first process. Ends with the node, and all others with it.
///
/// # Errors
/// If the node can't be started.
pub(crate) fn first_process() -> anyhow::Result<ExitCode> {
    let mut node = Command::new(env::current_exe()?);
    let node = node.arg("node").env("TMPDIR", TEMPORARY).spawn().context("can't start the node")?;
    let node = Pid::from_raw(i32::try_from(node.id())?);
    loop {
        match wait() {
            Ok(WaitStatus::Exited(pid, 0)) if pid == node => return Ok(ExitCode::SUCCESS),
            Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..)) if pid == node => {
                return Ok(ExitCode::FAILURE);
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error).context("no child is left"),
        }
    }
}
