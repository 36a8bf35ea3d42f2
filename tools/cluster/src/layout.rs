//! Where things are.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// The folders that we read and write.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// The repository that this was built from.
    repository: PathBuf,
    /// What is built or fetched once, by what it is made of.
    parts: PathBuf,
    /// What a running cluster keeps; it goes with it.
    state: PathBuf,
}

impl Layout {
    /// The folders that `LABELMESH_PARTS` and `LABELMESH_CLUSTER` name, else `.parts` and `.data/cluster` of the
    /// repository.
    ///
    /// # Errors
    /// If the repository is gone.
    pub(crate) fn locate() -> anyhow::Result<Self> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let repository = repository.canonicalize().context("the repository that this was built from is gone")?;
        let folder = |variable: &str, default: &str| {
            env::var_os(variable).filter(|path| !path.is_empty()).map_or(repository.join(default), PathBuf::from)
        };
        let parts = std::path::absolute(folder("LABELMESH_PARTS", ".parts"))?.join("cluster");
        let state = std::path::absolute(folder("LABELMESH_CLUSTER", ".data/cluster"))?;
        Ok(Self { repository, parts, state })
    }

    /// A file of the repository.
    pub(crate) fn source(&self, path: &str) -> PathBuf {
        self.repository.join(path)
    }

    /// A file among what is built once.
    pub(crate) fn part(&self, path: &str) -> PathBuf {
        self.parts.join(path)
    }

    /// A program that `./dev` fetched, such as kubectl.
    pub(crate) fn fetched(&self, path: &str) -> PathBuf {
        self.parts.with_file_name("current").join(path)
    }

    /// A file of the running cluster.
    pub(crate) fn state(&self, path: &str) -> PathBuf {
        self.state.join(path)
    }

    /// The folder of the running cluster.
    pub(crate) fn state_folder(&self) -> &Path {
        &self.state
    }

    /// The log of one of the node's programs.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.state.join("log").join(format!("{name}.log"))
    }
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, content)).with_context(|| format!("can't write {}", path.display()))
}
