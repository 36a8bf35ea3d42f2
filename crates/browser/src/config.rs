//! What can be configured.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

/// Which browser runs, as whom, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The program. Without one it is the first of `chromium`, `chromium-browser` and `google-chrome` on `PATH`.
    pub program: Option<PathBuf>,
    /// The numbers of the user and the group that it runs as. A process of root has to name an ordinary user and
    /// group, neither of them 0, and others none: they run it as themselves.
    pub user: Option<(u32, u32)>,
    /// After how many jobs it is replaced.
    pub max_jobs: u32,
    /// After how long it is replaced.
    #[serde(with = "humantime_serde")]
    pub max_age: Duration,
    /// With how much memory (proportional set size, in bytes, of all its processes) it is replaced. With twice as much
    /// it is ended at once, and its jobs are lost.
    pub max_memory: u64,
}

impl Default for Config {
    /// The one on `PATH`, as ourselves; 100 jobs, 30 minutes, 700 MB.
    fn default() -> Self {
        Self {
            program: None,
            user: None,
            max_jobs: 100,
            max_age: Duration::from_secs(30 * 60),
            max_memory: 700_000_000,
        }
    }
}
