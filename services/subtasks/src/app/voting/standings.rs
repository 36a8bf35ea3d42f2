//! What an operator's answers on gold images come to, in the transaction in which they are given. Nothing here is
//! shared between operators.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_events::Outbox;
use labelmesh_ids::{TaskId, UserId};
use sqlx::PgConnection;

use crate::events::published;
use crate::store::gold;

/// The answers of one operator in one transaction, by task. They are written last, in the order of the tasks.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<TaskId, (i32, i32)>);

impl Answers {
    /// Notes an operator's first answer on an image.
    pub(super) fn note(&mut self, task: TaskId, right: bool) {
        let (rights, wrongs) = self.0.entry(task).or_default();
        *(if right { rights } else { wrongs }) += 1;
    }

    /// Keeps them, and pauses the operator where it is clear that they miss what the task asks for. Says whether there
    /// is anything to tell.
    pub(super) async fn keep(
        self,
        db: &mut PgConnection,
        outbox: &Outbox,
        operator: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut paused = false;
        for (task, (right, wrong)) in self.0 {
            let record = gold::add(db, task, operator, right, wrong).await?;
            let asked = gold::asked(db, task).await?;
            if record.misses(asked.accuracy).map_err(Error::internal)? {
                gold::pause(db, task, operator, now).await?;
                let paused_again = published::paused(task, operator, record.pauses + 1, asked.title, now);
                outbox.enqueue_about(db, asked.owner_id, &paused_again).await?;
                paused = true;
            }
        }
        Ok(paused)
    }
}
