//! The newest reliabilities of each task, as far as this process has read them.

use std::collections::HashSet;
use std::sync::Arc;

use labelmesh_consensus::Snapshot;
use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sqlx::PgPool;

use crate::store::models;

/// How many bytes of reliabilities are kept at most: those of four tasks with the most labels, of very many with a few.
const MOST_BYTES: u64 = 64 << 20;

/// A snapshot with its version.
#[derive(Debug, Clone)]
pub struct Versioned {
    /// The version, from 1.
    pub version: u32,
    /// The reliabilities; none where another release wrote them in a form that this one can't read.
    pub snapshot: Option<Arc<Snapshot>>,
}

/// The newest snapshots that were read or learned here. Clones share them.
///
/// A vote's transaction takes what is here and reads none: they are read in the background, or before the transaction
/// where there is none at all. So a decision may be made with the one before the newest, and says so.
#[derive(Debug, Clone)]
pub struct Snapshots(Cache<TaskId, Versioned>);

impl Default for Snapshots {
    fn default() -> Self {
        let weigh = |_: &TaskId, kept: &Versioned| {
            let bytes = kept.snapshot.as_ref().map_or(0, |snapshot| snapshot.size());
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder().max_capacity(MOST_BYTES).weigher(weigh);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }
}

impl Snapshots {
    /// The newest one of a task that is here.
    #[must_use]
    pub fn of(&self, task: TaskId) -> Option<Versioned> {
        self.0.get(&task)
    }

    /// Keeps one, unless there is a newer one.
    pub fn keep(&self, task: TaskId, new: Versioned) {
        self.0.entry(task).and_compute_with(|old| match old {
            Some(old) if old.value().version >= new.version => Op::Nop,
            _ => Op::Put(new),
        });
    }

    /// Forgets those of all other tasks.
    pub fn forget_all_but(&self, tasks: &HashSet<TaskId>) {
        for (task, _) in self.0.iter().filter(|(task, _)| !tasks.contains(&**task)) {
            self.0.invalidate(&*task);
        }
    }

    /// The newest snapshot that is here, or else the one of this version; none where the version is 0.
    ///
    /// # Errors
    /// Only if the database fails.
    pub async fn read(&self, pool: &PgPool, task: TaskId, version: u32) -> Result<Option<Versioned>> {
        if let Some(here) = self.of(task) {
            return Ok(Some(here));
        }
        self.refresh(pool, task, version).await
    }

    /// The snapshot of this version, or a newer one that is here already; none where the version is 0.
    ///
    /// # Errors
    /// Only if the database fails.
    pub async fn refresh(&self, pool: &PgPool, task: TaskId, version: u32) -> Result<Option<Versioned>> {
        if version == 0 {
            return Ok(None);
        }
        if let Some(here) = self.of(task).filter(|here| here.version >= version) {
            return Ok(Some(here));
        }
        let content = models::snapshot(&mut *pool.acquire().await?, task, version).await?;
        let snapshot = match Snapshot::from_bytes(&content) {
            Ok(snapshot) => Some(Arc::new(snapshot)),
            Err(error) => {
                tracing::warn!(task.id = %task, snapshot.version = version, error = %error, "deciding without a snapshot");
                None
            }
        };
        let read = Versioned { version, snapshot };
        self.keep(task, read.clone());
        Ok(Some(read))
    }
}
