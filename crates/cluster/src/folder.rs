//! Where a system keeps everything.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use labelmesh_ephemeral::Scratch;

/// A folder that stays, or one that goes away with the value.
pub(crate) struct Folder {
    path: PathBuf,
    /// Removes a folder that does not stay.
    scratch: Option<Scratch>,
}

impl Folder {
    /// The folder at a path, which is made if there is none; or a temporary one.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let folder = match path {
            Some(path) => {
                // Everybody else may pass through, as PostgreSQL must when it runs as another user, but not look.
                fs::create_dir_all(path).with_context(|| format!("can't make {}", path.display()))?;
                fs::set_permissions(path, Permissions::from_mode(0o711))
                    .with_context(|| format!("{} is not ours", path.display()))?;
                let path = path.canonicalize().with_context(|| format!("can't find {}", path.display()))?;
                Self { path, scratch: None }
            }
            None => {
                let scratch = Scratch::new().context("can't make a temporary folder")?;
                Self { path: scratch.path().to_owned(), scratch: Some(scratch) }
            }
        };
        let logs = folder.logs();
        fs::create_dir_all(&logs).with_context(|| format!("can't make {}", logs.display()))?;
        Ok(folder)
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A path in it if it stays.
    pub(crate) fn kept(&self, name: &str) -> Option<PathBuf> {
        self.scratch.is_none().then(|| self.path(name))
    }

    /// Where the services' logs are.
    pub(crate) fn logs(&self) -> PathBuf {
        self.path("logs")
    }

    /// Copies the services' logs to a temporary folder that stays.
    pub(crate) fn keep_logs(&self) -> anyhow::Result<PathBuf> {
        let kept = tempfile::Builder::new().prefix("labelmesh-logs-").tempdir().context("can't make a folder")?.keep();
        for log in self.log_files()? {
            let to = kept.join(log.file_name().unwrap_or_default());
            fs::copy(&log, &to).with_context(|| format!("can't write {}", to.display()))?;
        }
        Ok(kept)
    }

    /// The services' logs.
    pub(crate) fn log_files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(self.logs()).context("can't read the logs")?;
        Ok(entries.flatten().map(|entry| entry.path()).collect())
    }
}
