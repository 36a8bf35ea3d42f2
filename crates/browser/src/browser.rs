//! A browser that is always there.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use nix::unistd::geteuid;
use serde_json::json;
use tokio::sync::Mutex;

use crate::{Config, Error, Job, Page, find, memory, running::Running};

/// A browser for jobs. It starts with the first one and stays warm for the next; one that is worn, dead or hung is
/// replaced. Clones are the same browser. When the last of them and the last page are dropped it ends.
#[derive(Clone)]
pub struct Browser {
    shared: Arc<Shared>,
}

struct Shared {
    config: Config,
    program: PathBuf,
    current: Mutex<Option<Arc<Running>>>,
    starts: AtomicU64,
}

impl Browser {
    /// One by this configuration. It is not started yet.
    ///
    /// # Errors
    /// If there is no Chromium, or if it would run as root, or in the group of root.
    pub fn new(config: Config) -> Result<Self, Error> {
        let program = find(&config).ok_or(Error::Missing)?;
        let is_root = config.user.map_or_else(|| geteuid().is_root(), |(user, group)| user == 0 || group == 0);
        if is_root {
            return Err(Error::Root);
        }
        let (current, starts) = (Mutex::new(None), AtomicU64::new(0));
        Ok(Self { shared: Arc::new(Shared { config, program, current, starts }) })
    }

    /// What it calls itself, such as `Chrome/156.0.8078.108`.
    ///
    /// # Errors
    /// If it can't be started, or was lost.
    pub async fn version(&self) -> Result<String, Error> {
        let version = self.running(false).await?.call("Browser.getVersion", json!({})).await?;
        Ok(version["product"].as_str().unwrap_or_default().to_owned())
    }

    /// How many jobs it has open.
    ///
    /// # Errors
    /// If it can't be started, or was lost.
    pub async fn jobs(&self) -> Result<usize, Error> {
        let contexts = self.running(false).await?.call("Target.getBrowserContexts", json!({})).await?;
        Ok(contexts["browserContextIds"].as_array().map_or(0, Vec::len))
    }

    /// The number of its process, which is that of its group of processes. None if none runs.
    pub async fn process(&self) -> Option<i32> {
        let current = self.shared.current.lock().await;
        current.as_ref().map(|running| running.id())
    }

    /// The memory of all its processes in bytes, where what they share counts once. None if none runs, or where it
    /// can't be told.
    pub async fn memory_bytes(&self) -> Option<u64> {
        let group = self.process().await?;
        tokio::task::spawn_blocking(move || memory::of_group(group)).await.ok().flatten()
    }

    /// How many browsers were started so far: one, and one for each that was replaced.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.shared.starts.load(Ordering::Relaxed)
    }

    /// Begins a job: an empty page in a context of its own, which shares nothing with others. All of it goes through
    /// the job's proxy. The context ends with the page.
    ///
    /// # Errors
    /// If the browser can't be started, or was lost.
    pub async fn open(&self, job: Job) -> Result<Page, Error> {
        let running = self.running(true).await?;
        // It is a task, since a context would be left over if we were not there to hear its name.
        let opened = running.runtime.clone().spawn(Page::open(running, job)).await;
        opened.unwrap_or(Err(Error::Lost))
    }

    /// The browser that runs, or a new one: for a job one that takes another.
    async fn running(&self, is_job: bool) -> Result<Arc<Running>, Error> {
        let mut current = self.shared.current.lock().await;
        if let Some(running) = current.as_ref() {
            let is_fit = if is_job { running.take_job() } else { !running.connection.is_lost() };
            if is_fit {
                return Ok(Arc::clone(running));
            }
        }
        // It ends with its last job.
        *current = None;
        let fresh = Running::start(&self.shared.program, &self.shared.config).await?;
        self.shared.starts.fetch_add(1, Ordering::Relaxed);
        if is_job {
            fresh.take_job();
        }
        *current = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").field("program", &self.shared.program).finish_non_exhaustive()
    }
}
