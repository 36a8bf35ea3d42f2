//! The folder of a browser: its home, its profile, its temporary files.

use std::{
    fs, io,
    os::unix::fs::chown,
    path::{Path, PathBuf},
};

/// A folder that goes away with the value.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    /// A new one, which belongs to that user and is closed to others.
    ///
    /// # Errors
    /// If it can't be made or given away.
    pub(crate) fn new(user: Option<(u32, u32)>) -> io::Result<Self> {
        // The name is short, since the path of a socket within has at most 108 bytes.
        let folder = tempfile::Builder::new().prefix("labelmesh-browser-").tempdir()?;
        let new = Self { folder };
        fs::create_dir(new.temporary())?;
        if let Some((user, group)) = user {
            for path in [new.temporary(), new.path().to_owned()] {
                chown(path, Some(user), Some(group))?;
            }
        }
        Ok(new)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// For what is temporary even in there.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.path().join("tmp")
    }
}
