//! The folder of a browser: its home, its profile, its temporary files.

use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::{DirBuilderExt as _, chown},
    path::PathBuf,
};

use labelmesh_ephemeral::Scratch;

/// A folder that goes away with the value.
#[derive(Debug)]
pub(crate) struct Folder(Scratch);

impl Folder {
    /// A new one. What is in it belongs to that user, or to us, and is closed to others.
    ///
    /// # Errors
    /// If it can't be made or given away.
    pub(crate) fn new(user: Option<(u32, u32)>) -> io::Result<Self> {
        let folder = Self(Scratch::new()?);
        for path in [folder.home(), folder.temporary()] {
            DirBuilder::new().mode(0o700).create(&path)?;
            if let Some((user, group)) = user {
                chown(path, Some(user), Some(group))?;
            }
        }
        Ok(folder)
    }

    /// What the browser takes for its user's home.
    pub(crate) fn home(&self) -> PathBuf {
        self.0.path().join("home")
    }

    /// For what is temporary even in there.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.home().join("tmp")
    }
}
