//! Temporary folders, and copies of folders.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use labelmesh_ephemeral::Scratch;

use crate::Error;

/// A temporary folder.
pub(crate) fn scratch() -> Result<Scratch, Error> {
    scratch_in(&std::env::temp_dir())
}

/// A temporary folder in `parent`.
pub(crate) fn scratch_in(parent: &Path) -> Result<Scratch, Error> {
    Scratch::new_in(parent).map_err(Error::io("could not make a temporary folder in", parent))
}

/// Copies a folder with its permissions and the links in it, for a user that can't reach the original.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path())?, &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
