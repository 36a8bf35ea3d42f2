//! Temporary folders that go away even when their owner was killed.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::Error;

const PREFIX: &str = "labelmesh-servers-";
const LOCK: &str = "lock";

/// A temporary folder, removed with the value.
///
/// Its owner holds a lock on a file in it. Where the owner was killed before it could remove the folder, the next
/// one to make such a folder finds the lock free and removes it.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
    _lock: File,
}

impl Scratch {
    /// A new folder in the system's temporary folder.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn new() -> Result<Self, Error> {
        Self::new_in(&std::env::temp_dir())
    }

    /// A new folder in `parent`. Other users may pass through it but not list it.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn new_in(parent: &Path) -> Result<Self, Error> {
        sweep(parent);
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o711))
            .tempdir_in(parent)
            .map_err(Error::io("could not make a temporary folder in", parent))?;
        let lock = lock(folder.path()).map_err(Error::io("could not lock", folder.path()))?;
        Ok(Self { folder, _lock: lock })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Makes the lock file; it gets its name only when it is locked, so that nobody finds it free.
fn lock(folder: &Path) -> std::io::Result<File> {
    let fresh = folder.join("lock.new");
    let file = File::create(&fresh)?;
    file.lock()?;
    fs::rename(fresh, folder.join(LOCK))?;
    Ok(file)
}

/// Removes what killed owners left in `parent`. Best effort: what can't be removed now is found again next time.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if is_abandoned(&path) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn is_abandoned(path: &Path) -> bool {
    let named_so = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    // A folder of that name that isn't ours may be anybody's trap.
    let ours =
        fs::symlink_metadata(path).is_ok_and(|data| data.is_dir() && data.uid() == nix::unistd::geteuid().as_raw());
    named_so && ours && File::open(path.join(LOCK)).is_ok_and(|file| file.try_lock().is_ok())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_what_a_killed_owner_left_and_nothing_else() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let alive = Scratch::new_in(parent.path()).expect("a scratch folder");
        let killed = Scratch::new_in(parent.path()).expect("a scratch folder");
        // What a kill does: the lock goes, the folder stays.
        let Scratch { folder, _lock } = killed;
        let left = folder.keep();
        drop(_lock);
        fs::create_dir(parent.path().join("labelmesh-servers-without-a-lock")).expect("a folder");

        let fresh = Scratch::new_in(parent.path()).expect("a scratch folder");

        assert!(!left.exists());
        assert!(alive.path().exists() && fresh.path().exists());
        assert!(parent.path().join("labelmesh-servers-without-a-lock").exists());
    }
}
