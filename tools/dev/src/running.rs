//! What `./dev up` leaves in its folder for `./dev token` and `./dev backup`: where the running system is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

const NAME: &str = "running.json";

/// Where a system that runs is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Running {
    /// The first gateway.
    pub(crate) gateway: String,
    /// The replicas of auth, as `host:port`.
    pub(crate) auth: Vec<String>,
    /// The port of PostgreSQL.
    pub(crate) postgres: u16,
}

impl Running {
    /// Writes it down.
    pub(crate) fn write(&self, data: &Path) -> anyhow::Result<()> {
        let path = data.join(NAME);
        fs::write(&path, serde_json::to_string_pretty(self)?).with_context(|| format!("can't write {}", path.display()))
    }

    /// What was written down.
    pub(crate) fn read(data: &Path) -> anyhow::Result<Self> {
        let path = data.join(NAME);
        let text = fs::read_to_string(&path).context("nothing is running: start it with ./dev up")?;
        serde_json::from_str(&text).with_context(|| format!("{} can't be read", path.display()))
    }

    /// Takes it back.
    pub(crate) fn remove(data: &Path) {
        // Where it can't be removed, `./dev token` says that the gateway does not answer.
        let _ = fs::remove_file(data.join(NAME));
    }
}

/// Where `./dev up` keeps its data.
pub(crate) fn data_folder() -> PathBuf {
    std::env::var_os("LABELMESH_DATA").map_or_else(|| repository().join(".data"), PathBuf::from)
}

/// The repository that this was built from.
pub(crate) fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    here.canonicalize().unwrap_or(here)
}
