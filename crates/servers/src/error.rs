//! What can go wrong when a server is started or stopped.

use std::io;
use std::path::{Path, PathBuf};

/// Why a server could not be started, stopped or reached. Each text says what to do where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The programs are not in the parts folder.
    #[error("{0} is missing: run ./dev parts, which fetches it")]
    Missing(PathBuf),
    /// A file or process operation failed.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted, with the path.
        what: String,
        /// What the system answered.
        source: io::Error,
    },
    /// The process ended before it could be used, or had done its work.
    #[error("{name} ended before its work was done; its log says:\n{log}")]
    Ended {
        /// The server.
        name: &'static str,
        /// The last lines it wrote.
        log: String,
    },
    /// The server runs but did not answer in time.
    #[error("{name} was not ready after {seconds} s ({last}); its log says:\n{log}")]
    NotReady {
        /// The server.
        name: &'static str,
        /// How long it was waited for.
        seconds: u64,
        /// The last answer it gave.
        last: String,
        /// The last lines it wrote.
        log: String,
    },
    /// Another process uses the data folder.
    #[error("{0} is in use: stop the other Labelmesh that runs on it, or give this one another folder")]
    InUse(PathBuf),
    /// A copy of a server's data is not what it was when it was taken.
    #[error("{0} is not as it was when the copy was taken")]
    Damaged(PathBuf),
    /// The server came from an environment variable; only its owner may stop it.
    #[error("{0} is not ours to stop: it was given by an environment variable")]
    External(&'static str),
    /// An environment variable holds what can't be used.
    #[error("{variable} can't be used: {reason}")]
    Variable {
        /// Its name.
        variable: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// PostgreSQL refuses to run as root, and no other user can be used.
    #[error("PostgreSQL can't run as root and there is no user to run it as: {0}; run ./dev as an ordinary user")]
    NoAccount(String),
}

impl Error {
    /// Wraps an IO error with what was attempted on which path; for `map_err`.
    pub(crate) fn io(what: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = format!("{what} {}", path.display());
        move |source| Self::Io { what, source }
    }
}

/// The last lines of a server's log, for an error message.
pub(crate) fn log_tail(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(15)..].join("\n");
    if tail.is_empty() { "(nothing)".to_owned() } else { tail }
}
