//! The folder of a browser: its home, its profile, its temporary files.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown},
    path::{Path, PathBuf},
};

use nix::{fcntl::OFlag, unistd::geteuid};

/// Short, since the path of a socket within has at most 108 bytes.
const PREFIX: &str = "labelmesh-browser-";
/// The file that is locked as long as we live.
const LOCK: &str = "lock";

/// A folder that goes away with the value. Where we are killed before, the next one to be made takes it away.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: tempfile::TempDir,
    _lock: File,
}

impl Folder {
    /// A new one, which belongs to that user and is closed to others.
    ///
    /// # Errors
    /// If it can't be made or given away.
    pub(crate) fn new(user: Option<(u32, u32)>) -> io::Result<Self> {
        let parent = env::temp_dir();
        sweep(&parent, user.map_or_else(|| geteuid().as_raw(), |(user, _)| user));
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&parent)?;
        let lock = lock(folder.path())?;
        let new = Self { folder, _lock: lock };
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

/// Makes the lock, which gets its name only when it is held, so that nobody finds it free.
fn lock(folder: &Path) -> io::Result<File> {
    let fresh = folder.join("lock.new");
    let file = File::create(&fresh)?;
    file.lock()?;
    fs::rename(fresh, folder.join(LOCK))?;
    Ok(file)
}

/// Removes what killed owners left behind, as far as it belongs to that user: others' may be a trap.
fn sweep(parent: &Path, user: u32) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_named_so = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let is_theirs = fs::symlink_metadata(&path).is_ok_and(|data| data.is_dir() && data.uid() == user);
        if is_named_so && is_theirs && is_free(&path.join(LOCK)) {
            // What can't be removed now is found again.
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn is_free(lock: &Path) -> bool {
    // A link or a pipe in its place would lead elsewhere, or be waited for.
    let careful = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
    let file = OpenOptions::new().read(true).custom_flags(careful).open(lock);
    file.is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_behind_is_removed_and_what_is_in_use_is_not() {
        let parent = tempfile::tempdir().expect("a folder");
        let make = |name: &str| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).expect("a folder");
            (lock(&folder).expect("a lock"), folder)
        };
        let (held, used) = make("labelmesh-browser-used");
        let (free, left) = make("labelmesh-browser-left");
        let (other, others) = make("others");
        drop((free, other));
        sweep(parent.path(), geteuid().as_raw().wrapping_add(1));
        assert!(left.exists(), "it is another user's");
        sweep(parent.path(), geteuid().as_raw());
        assert_eq!([&used, &left, &others].map(|folder| folder.exists()), [true, false, true]);
        drop(held);
    }
}
