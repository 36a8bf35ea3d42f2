//! Where the fetched programs are.

use std::path::{Path, PathBuf};

use crate::Error;

/// The programs that `./dev parts` fetched: PostgreSQL, nats-server and buf.
#[derive(Clone, Debug)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// The programs in the folder `LABELMESH_PARTS` names, else in `.parts` of the repository this was built from.
    ///
    /// Nothing is looked up yet: a missing program is an error of whoever wants to start it, so that one with servers
    /// of their own needs none.
    #[must_use]
    pub fn locate() -> Self {
        let parts = std::env::var_os("LABELMESH_PARTS")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.parts"), PathBuf::from);
        let current = parts.join("current");
        // The link is followed once, so that one run uses one set even when another is fetched meanwhile.
        Self { folder: current.canonicalize().unwrap_or(current) }
    }

    /// The `nats-server` program.
    ///
    /// # Errors
    /// If it was not fetched.
    pub fn nats_server(&self) -> Result<PathBuf, Error> {
        self.existing("bin/nats-server")
    }

    /// The `buf` program.
    ///
    /// # Errors
    /// If it was not fetched.
    pub fn buf(&self) -> Result<PathBuf, Error> {
        self.existing("bin/buf")
    }

    /// The folder of Python's modules in which grpcio is, with which tests call us, and standardwebhooks, with which
    /// they verify what we post, and pyotp, with which they make codes.
    ///
    /// # Errors
    /// If it was not installed.
    pub fn python_clients(&self) -> Result<PathBuf, Error> {
        self.existing("../clients/python")
    }

    /// The `grpcurl` program, with which tests call us; none where there was no Go to build it.
    #[must_use]
    pub fn grpcurl(&self) -> Option<PathBuf> {
        self.existing("../clients/bin/grpcurl").ok()
    }

    /// The `nginx` program, behind which tests call us; none where there is none for this machine.
    #[must_use]
    pub fn nginx(&self) -> Option<PathBuf> {
        self.existing("../clients/bin/nginx").ok()
    }

    /// The folder that holds Chromium, whose name has the version; none where it was not fetched. It works wherever it
    /// is copied to as a whole.
    pub(crate) fn chromium(&self) -> Option<PathBuf> {
        // Beside what the link leads to, and beside the link where nothing else was fetched.
        self.folder.parent()?.join("chromium").canonicalize().ok()
    }

    /// The folder that holds PostgreSQL; it works wherever it is copied to as a whole.
    pub(crate) fn postgres(&self) -> Result<PathBuf, Error> {
        self.existing("postgres")
    }

    fn existing(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        if path.exists() { Ok(path) } else { Err(Error::Missing(path)) }
    }
}
