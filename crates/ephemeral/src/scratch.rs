//! Temporary folders.

use std::{
    fs::{self, File, Permissions},
    io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use nix::unistd::geteuid;

/// Short, since the path of a socket within has at most 108 bytes.
const PREFIX: &str = "labelmesh-scratch-";
/// The file that is locked as long as its owner lives.
const LOCK: &str = "lock";

/// A temporary folder, removed with the value. Where its owner was killed before, the next one to be made beside it
/// removes it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _lock: File,
}

impl Scratch {
    /// A new folder in the system's temporary folder.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn new() -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir())
    }

    /// A new folder in `parent`. Other users may pass through it but not list it.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn new_in(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        let permissions = Permissions::from_mode(0o711);
        let folder = tempfile::Builder::new().prefix(PREFIX).permissions(permissions).tempdir_in(parent)?;
        let lock = lock(folder.path())?;
        Ok(Self { path: folder.keep(), _lock: lock })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What can't be removed now is found again: the lock goes after this.
        let _ = remove(&self.path);
    }
}

/// Makes the lock file; it gets its name only when it is locked, so that nobody finds it free.
fn lock(folder: &Path) -> io::Result<File> {
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
        if let Some(_lock) = abandoned(&path) {
            let _ = remove(&path);
        }
    }
}

/// The lock of a folder that nobody uses any more.
fn abandoned(path: &Path) -> Option<File> {
    let is_named_so = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    // A folder of that name that isn't ours may be anybody's trap.
    let is_ours = fs::symlink_metadata(path).is_ok_and(|data| data.is_dir() && data.uid() == geteuid().as_raw());
    let lock = (is_named_so && is_ours).then(|| File::open(path.join(LOCK)).ok()).flatten()?;
    lock.try_lock().is_ok().then_some(lock)
}

/// Removes a folder, and its lock last: if somebody writes there meanwhile, it is not empty, and has to be found again.
fn remove(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;

    #[test]
    fn what_a_killed_owner_left_is_removed_and_nothing_else() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let alive = Scratch::new_in(parent.path()).expect("a folder");
        let folder = |name: &str| {
            let folder = parent.path().join(name);
            fs::create_dir_all(folder.join("some/more")).expect("a folder");
            folder
        };
        let (left, without_a_lock, others) = (folder("labelmesh-scratch-left"), folder(PREFIX), folder("others"));
        // What a kill does: the lock goes, the folder stays.
        for folder in [&left, &others] {
            drop(lock(folder).expect("a lock"));
        }
        fs::write(left.join("some/file"), "").expect("a file");

        let fresh = Scratch::new_in(parent.path()).expect("a folder");

        let exist = [alive.path(), fresh.path(), &without_a_lock, &others].map(Path::exists);
        assert_eq!((left.exists(), exist), (false, [true; 4]));
    }

    #[test]
    fn a_folder_in_which_somebody_writes_while_it_is_removed_is_found_again() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        for _ in 0..20 {
            let scratch = Scratch::new_in(parent.path()).expect("a folder");
            let busy = scratch.path().join("busy");
            fs::create_dir(&busy).expect("a folder");
            let (stop, told) = mpsc::channel::<()>();
            let (begin, begun) = mpsc::channel();
            let writer = thread::spawn(move || {
                for number in 0_u64.. {
                    let _ = fs::write(busy.join(number.to_string()), "");
                    let _ = begin.send(());
                    if told.try_recv().is_ok() {
                        return;
                    }
                }
            });
            begun.recv().expect("it writes");
            drop(scratch);
            stop.send(()).expect("it listens");
            writer.join().expect("no panic");
        }
        drop(Scratch::new_in(parent.path()).expect("a folder"));
        assert_eq!(fs::read_dir(parent.path()).expect("it is there").count(), 0);
    }
}
