//! Who runs PostgreSQL and Chromium, which refuse to run as root.

use std::io;
use std::os::unix::fs::chown;
use std::path::Path;

use nix::unistd::{Gid, Uid, User, geteuid, setgid, setuid};

use crate::Error;

/// An unprivileged user to run a server as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    uid: Uid,
    gid: Gid,
}

impl Account {
    /// The user to run such servers as: `nobody` where we are root, otherwise `None`, ourselves.
    ///
    /// It has to be a user with a name, since they look it up.
    pub(crate) fn unprivileged() -> Result<Option<Self>, Error> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        match User::from_name("nobody") {
            Ok(Some(user)) => Ok(Some(Self { uid: user.uid, gid: user.gid })),
            Ok(None) => Err(Error::NoAccount("there is no user nobody".to_owned())),
            Err(error) => Err(Error::NoAccount(error.to_string())),
        }
    }

    /// The numbers of the user and its group.
    pub(crate) fn numbers(self) -> (u32, u32) {
        (self.uid.as_raw(), self.gid.as_raw())
    }

    /// Makes a path this user's.
    pub(crate) fn own(self, path: &Path) -> Result<(), Error> {
        chown(path, Some(self.uid.as_raw()), Some(self.gid.as_raw())).map_err(Error::io("could not give away", path))
    }

    /// Turns the calling process into this user's; for a child before it runs its program.
    pub(crate) fn become_it(self) -> io::Result<()> {
        #[cfg(not(target_os = "macos"))]
        nix::unistd::setgroups(&[])?;
        setgid(self.gid)?;
        setuid(self.uid)?;
        Ok(())
    }
}
