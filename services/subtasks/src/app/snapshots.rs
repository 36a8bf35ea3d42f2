//! The newest reliabilities of each task, as far as this process has read them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use labelmesh_consensus::Snapshot;
use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use sqlx::PgPool;

use crate::store::models;

/// How many tasks' reliabilities are kept at most.
const MOST: usize = 512;

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
#[derive(Debug, Clone, Default)]
pub struct Snapshots(Arc<RwLock<HashMap<TaskId, Versioned>>>);

impl Snapshots {
    /// The newest one of a task that is here.
    #[must_use]
    pub fn of(&self, task: TaskId) -> Option<Versioned> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&task).cloned()
    }

    /// Keeps one, unless there is a newer one.
    pub fn keep(&self, task: TaskId, new: Versioned) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.get(&task).is_some_and(|old| old.version >= new.version) {
            return;
        }
        if kept.len() >= MOST && !kept.contains_key(&task) {
            // Whichever: it is read again if it is needed.
            let other = kept.keys().next().copied();
            other.map(|other| kept.remove(&other));
        }
        kept.insert(task, new);
    }

    /// Forgets those of all other tasks.
    pub fn forget_all_but(&self, tasks: &HashSet<TaskId>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|task, _| tasks.contains(task));
    }

    /// The newest one that is here, or the one of this version; none where the version is 0.
    ///
    /// # Errors
    /// Only if the database fails.
    pub async fn read(&self, pool: &PgPool, task: TaskId, version: u32) -> Result<Option<Versioned>> {
        if let Some(here) = self.of(task) {
            return Ok(Some(here));
        }
        self.refresh(pool, task, version).await
    }

    /// The one of this version, or a newer one that is here already; none where the version is 0.
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
