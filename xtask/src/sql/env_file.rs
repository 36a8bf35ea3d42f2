//! The file through which a crate's SQL macros find their database.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::crates::SqlCrate;

/// A `.env` beside a manifest. Dropping it puts back what was there before.
pub(super) struct EnvFile {
    path: PathBuf,
    before: Option<Vec<u8>>,
}

impl EnvFile {
    /// Names the database and the folder to which the macros write what it says of their queries.
    pub(super) fn write(sql: &SqlCrate, url: &str, data: &Path) -> Result<Self> {
        let file = Self::none(sql);
        let text = format!("{}={url}\nSQLX_OFFLINE_DIR={}\n", sql.variable, data.display());
        fs::write(&file.path, text)?;
        Ok(file)
    }

    /// Leaves things as they are.
    pub(super) fn none(sql: &SqlCrate) -> Self {
        let path = sql.folder.join(".env");
        let before = fs::read(&path).ok();
        Self { path, before }
    }
}

/// Removes what a run that was killed has left.
pub(super) fn remove_left_over(sql: &SqlCrate) {
    // Mostly there is none.
    let _ = fs::remove_file(sql.folder.join(".env"));
}

impl Drop for EnvFile {
    fn drop(&mut self) {
        // Nothing can be done about a failure here; the next run writes the file anew.
        let _ = match &self.before {
            Some(before) => fs::write(&self.path, before),
            None => fs::remove_file(&self.path),
        };
    }
}
