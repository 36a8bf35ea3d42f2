//! The process of a browser, which never outlives us.

use std::{
    io,
    os::{
        fd::OwnedFd,
        unix::{fs::FileExt as _, process::CommandExt as _},
    },
    path::Path,
    process::{Child, Command, Stdio},
};

use command_fds::{CommandFdExt as _, FdMapping};
use labelmesh_ephemeral::{Signal, end_group, spawn};
use nix::{sys::signal::killpg, unistd::Pid};

use crate::{
    flags::{ENVIRONMENT, FLAGS},
    folder::Folder,
};

/// How much is told of what it said before it died, in bytes.
const TOLD: usize = 2000;

/// A running browser, with its group of processes and its folder. Dropping it kills all of the group and waits for its
/// end.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Number of the process, and of its group.
    group: Pid,
    said: std::fs::File,
    _folder: Folder,
}

/// Our ends of its two pipes.
pub(crate) struct Ends {
    /// What we say.
    pub(crate) to: OwnedFd,
    /// What it says.
    pub(crate) from: OwnedFd,
}

impl Process {
    /// Starts a program as that user, or as ourselves. Blocks for moments.
    ///
    /// # Errors
    /// If it can't be started.
    pub(crate) fn start(program: &Path, user: Option<(u32, u32)>) -> io::Result<(Self, Ends)> {
        let folder = Folder::new(user)?;
        let said = tempfile::tempfile()?;
        let (their_in, to) = io::pipe()?;
        let (from, their_out) = io::pipe()?;
        let mut command = command(program, user, &folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone()?);
        let descriptors = [(OwnedFd::from(their_in), 3), (OwnedFd::from(their_out), 4)];
        let mappings = descriptors.map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd });
        command.fd_mappings(mappings.into()).map_err(io::Error::other)?;
        let child = spawn(command, Signal::SIGKILL)?;
        let group = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
        Ok((Self { child, group, said, _folder: folder }, Ends { to: to.into(), from: from.into() }))
    }

    /// The number of its group of processes.
    pub(crate) fn group(&self) -> i32 {
        self.group.as_raw()
    }

    /// Kills all of the group.
    pub(crate) fn kill(&self) {
        // It is reaped with the value alone, so that the number belongs to nobody else before. There may be nobody
        // left.
        let _ = killpg(self.group, Signal::SIGKILL);
    }

    /// The end of what it said.
    pub(crate) fn last_words(&self) -> String {
        let length = self.said.metadata().map_or(0, |data| data.len());
        let mut words = [0; TOLD];
        let read = self.said.read_at(&mut words, length.saturating_sub(TOLD as u64)).unwrap_or(0);
        String::from_utf8_lossy(&words[..read]).trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Before the folder goes: who is alive writes there.
        end_group(&mut self.child);
    }
}

fn command(program: &Path, user: Option<(u32, u32)>, folder: &Folder) -> Command {
    let home = &folder.home();
    let mut command = Command::new(program);
    command.args(FLAGS).arg(format!("--user-data-dir={}", home.join("profile").display())).arg("about:blank");
    let kept = ENVIRONMENT.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.env_clear().envs(kept).env("HOME", home).env("TMPDIR", folder.temporary());
    for name in ["CONFIG", "CACHE", "DATA", "STATE", "RUNTIME"] {
        let variable = if name == "RUNTIME" { "XDG_RUNTIME_DIR".to_owned() } else { format!("XDG_{name}_HOME") };
        command.env(variable, home.join(name.to_ascii_lowercase()));
    }
    // It starts no bus, and speaks to none.
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("DBUS_SYSTEM_BUS_ADDRESS", "disabled:");
    command.current_dir(home);
    if let Some((user, group)) = user {
        // This gives up root's other groups, too.
        command.uid(user).gid(group);
    }
    command
}
