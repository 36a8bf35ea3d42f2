//! Names that say nothing: of operators to clients, of images to operators, and of networks. Each task has a key of its
//! own among those that are configured.

use std::{
    collections::{HashMap, HashSet},
    fmt::{self, Write as _},
    sync::Arc,
};

use anyhow::ensure;
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use labelmesh_seal::{SealKey, SealKeys};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::app::{
    handles::{Handle, Handles},
    pseudonyms::Pseudonyms,
};
use crate::store::names;

/// How many tasks one statement gives a key.
const BATCH: i64 = 1_000;

/// Makes names. The first of the keys is that of every task that is heard of from now on; a task keeps the key that it
/// has, so its names stay as they are. While there is one key alone nobody has to look which a task has. Clones share
/// the keys.
#[derive(Clone)]
pub struct Names(Arc<[Key]>);

struct Key {
    id: String,
    pseudonyms: Pseudonyms,
    handles: Handles,
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl Names {
    /// Names under these keys.
    #[must_use]
    pub fn new(keys: &SealKeys) -> Self {
        let key = |key: &SealKey| Key { id: key.id(), pseudonyms: Pseudonyms::new(key), handles: Handles::new(key) };
        Self(keys.iter().map(key).collect())
    }

    /// The id of the key of tasks that are heard of from now on.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.0[0].id
    }

    /// The ids of all keys, the first one first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.0.iter().map(|key| key.id.clone()).collect()
    }

    /// What makes the pseudonyms of a task's operators.
    ///
    /// # Errors
    /// INTERNAL where its key is not configured any more.
    pub async fn of_task(&self, db: &mut PgConnection, task: TaskId) -> Result<&Pseudonyms> {
        match &self.0[..] {
            [key] => Ok(&key.pseudonyms),
            _ => Ok(&self.key(names::key_of(db, task).await?.as_deref())?.pseudonyms),
        }
    }

    /// Whether an operator has, or had before a key was replaced, this pseudonym in a task.
    #[must_use]
    pub fn is_named(&self, task: TaskId, operator: UserId, pseudonym: &str) -> bool {
        self.0.iter().any(|key| key.pseudonyms.of(task, operator) == pseudonym)
    }

    /// What an operator calls these images.
    ///
    /// # Errors
    /// INTERNAL where the key of one's task is not configured any more; UNAVAILABLE.
    pub async fn handles(&self, pool: &PgPool, operator: UserId, images: &[SubtaskId]) -> Result<Vec<Handle>> {
        if let [key] = &self.0[..] {
            return Ok(images.iter().map(|image| key.handles.of(operator, *image)).collect());
        }
        let ids: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
        let keys: HashMap<_, _> = names::keys_of(&mut *pool.acquire().await?, &ids).await?.into_iter().collect();
        let handle = |image: &SubtaskId| {
            let key = self.key(keys.get(image).and_then(Option::as_deref))?;
            Ok(key.handles.of(operator, *image))
        };
        images.iter().map(handle).collect()
    }

    /// The images that an operator means. Which key a handle was made with does not show: of what the keys make of it
    /// that is meant which there is. What is no handle of any image becomes an id that nothing has.
    ///
    /// # Errors
    /// UNAVAILABLE where the database does not answer.
    pub async fn images(&self, pool: &PgPool, operator: UserId, handles: &[Handle]) -> Result<Vec<SubtaskId>> {
        let by_key = |handle: &Handle| self.0.iter().map(|key| key.handles.image(operator, *handle)).collect();
        let meant: Vec<Vec<SubtaskId>> = handles.iter().map(by_key).collect();
        if self.0.len() == 1 {
            return Ok(meant.into_iter().flatten().collect());
        }
        let ids: Vec<Uuid> = meant.iter().flatten().map(|image| image.uuid()).collect();
        let there = names::keys_of(&mut *pool.acquire().await?, &ids).await?;
        let there: HashSet<SubtaskId> = there.into_iter().map(|(image, _)| image).collect();
        Ok(meant
            .iter()
            .map(|images| *images.iter().find(|image| there.contains(image)).unwrap_or(&images[0]))
            .collect())
    }

    /// The key of this id; the first where a task has none yet.
    fn key(&self, id: Option<&str>) -> Result<&Key> {
        let Some(id) = id else { return Ok(&self.0[0]) };
        let known = self.0.iter().find(|key| key.id == id);
        known.ok_or_else(|| Error::internal(format!("the names of a task are made with {id}, which is not configured")))
    }
}

/// Makes sure that the key of every task is configured.
///
/// # Errors
/// Fails where one is not.
pub async fn are_known(pool: &PgPool, names: &Names) -> anyhow::Result<()> {
    let unknown = names::is_any_unknown(&mut *pool.acquire().await?, &names.ids()).await?;
    ensure!(!unknown, "a task has its names from a key that pseudonym_key does not list: see subtasks keys");
    Ok(())
}

/// Gives every task that the release before has written the first key, which is the one that it has its names from.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub async fn adopt(pool: &PgPool, names: &Names) -> Result<()> {
    let mut db = pool.acquire().await?;
    while names::adopt(&mut db, names.first(), BATCH).await? > 0 {}
    Ok(())
}

/// Gives tasks the first key: operators get other pseudonyms in them. Those that are still labeled are left out unless
/// `open_too` says otherwise: of the networks that have voted in them nothing would be known any more. Says how many.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub async fn rename(pool: &PgPool, names: &Names, open_too: bool) -> Result<u64> {
    let (mut db, mut all) = (pool.acquire().await?, 0);
    loop {
        match names::rename(&mut db, names.first(), open_too, BATCH).await? {
            0 => return Ok(all),
            some => all += some,
        }
    }
}

/// A line for each key that is configured, and for each that is missed, with how many tasks have their names from it.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub async fn told(pool: &PgPool, names: &Names) -> Result<String> {
    let mut counted = names::count(&mut *pool.acquire().await?).await?;
    // Those without one have the first.
    let (mut open, mut ended) = (0, 0);
    counted.retain(|(key, o, e)| {
        let first = key.as_deref().is_none_or(|key| key == names.first());
        (open, ended) = if first { (open + o, ended + e) } else { (open, ended) };
        !first
    });
    let mut text = format!("{} names: tasks {open} open, {ended} ended, and new ones\n", names.first());
    for id in &names.ids()[1..] {
        let found = counted.iter().position(|(key, ..)| key.as_ref() == Some(id)).map(|at| counted.swap_remove(at));
        let _ = match found {
            Some((_, open, ended)) => writeln!(text, "{id} names: tasks {open} open, {ended} ended"),
            None => writeln!(text, "{id} names: no task, and can be taken out in a day"),
        };
    }
    for (key, open, ended) in counted {
        let key = key.unwrap_or_default();
        let _ = writeln!(text, "{key} is not configured: tasks {open} open, {ended} ended");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_name_is_known_while_its_key_is_listed_and_then_is_nobodys() {
        let keys = [3, 2].map(|byte| SealKey::from([byte; 32]));
        let both = Names::new(&keys.to_vec().try_into().expect("different ones"));
        let (before, after) = (Names::new(&[2; 32].into()), Names::new(&[3; 32].into()));
        let (task, ada, bob) = (TaskId::from(Uuid::from_u128(1)), Uuid::from_u128(2).into(), Uuid::from_u128(3).into());
        let name = before.0[0].pseudonyms.of(task, ada);
        assert!(before.is_named(task, ada, &name) && both.is_named(task, ada, &name));
        assert!(!both.is_named(task, bob, &name) && !after.is_named(task, ada, &name));
    }
}
