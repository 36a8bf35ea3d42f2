//! Judges open images anew by a new snapshot, closes those that are sure enough, and moves the others between lanes.

use chrono::{DateTime, Utc};
use labelmesh_consensus::{Snapshot, Verdict, Vote};
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{App, closing::close::close, snapshots::Versioned};
use crate::domain::{Closed, Closing, Lane};
use crate::store::{
    closing::{self, Waiting},
    models::Progress,
    subtasks, votes,
};

/// How many images of a lane one step looks at.
const STEP: i64 = 200;
/// How many steps are made in each lane after a snapshot.
const STEPS: usize = 20;

/// Judges images that have their first round of votes and wait for a further vote that nobody is about to give. Images
/// that are sure enough are closed; others go to the lane of what a further vote is worth now. In each lane it begins
/// with the images that are handed out next, and looks at 4,000 at most: the others are judged when their votes come.
pub(super) async fn close_sure(app: &App, progress: &Progress, learned: &Versioned) -> Result<usize> {
    let Some(snapshot) = learned.snapshot.as_deref() else { return Ok(0) };
    let mut total = 0;
    for lane in Lane::waiting() {
        let mut behind = 0;
        for _ in 0..STEPS {
            let waiting =
                closing::waiting(&mut *app.pool.acquire().await?, progress.task_id, lane, behind, STEP).await?;
            let Some(last) = waiting.last() else { break };
            behind = last.pos;
            let wanted = progress.terms.stop().redundancy();
            let ids: Vec<Uuid> = waiting.iter().filter(|image| image.is_idle(wanted)).map(id).collect();
            if ids.is_empty() {
                continue;
            }
            let (outbox, ids, now) = (&app.outbox, &ids, app.clock.now());
            let step = &Step { outbox, progress, snapshot, version: learned.version, now };
            let closed =
                run_tx(&app.pool, "close_sure", |tx| Box::pin(async move { step.take(tx, ids).await })).await?;
            total += closed;
            if closed > 0 {
                app.outbox.wake();
            }
        }
    }
    Ok(total)
}

fn id(image: &Waiting) -> Uuid {
    image.subtask_id.uuid()
}

struct Step<'a> {
    outbox: &'a Outbox,
    progress: &'a Progress,
    snapshot: &'a Snapshot,
    version: u32,
    now: DateTime<Utc>,
}

impl Step<'_> {
    async fn take(&self, db: &mut PgConnection, ids: &[Uuid]) -> Result<usize> {
        let terms = &self.progress.terms;
        let images: Vec<Waiting> = closing::lock_waiting(db, ids).await?;
        let idle = images.iter().filter(|image| image.is_idle(terms.stop().redundancy()));
        let ids: Vec<Uuid> = idle.clone().map(id).collect();
        let votes = votes::counted(db, &ids, terms).await?;
        let (mut sure, mut moved) = (Vec::new(), Vec::new());
        for image in idle {
            let own = votes.iter().filter(|(of, _)| *of == image.subtask_id);
            match self.judge(image, &own.map(|&(_, vote)| vote).collect::<Vec<_>>()) {
                Judged::Sure(closed) => sure.push(closed),
                Judged::Waits(lane) if image.is_in(lane) => {}
                Judged::Waits(lane) => moved.push((image, lane)),
            }
        }
        // Who has waited longest is still served first.
        moved.sort_unstable_by_key(|(image, _)| image.pos);
        let moved: Vec<_> = moved.into_iter().map(|(image, lane)| (image.subtask_id, lane)).collect();
        subtasks::requeue(db, &moved).await?;
        let ids: Vec<Uuid> = sure.iter().map(|closed| closed.subtask_id.uuid()).collect();
        closing::mark_closed(db, &ids).await?;
        close(db, self.outbox, self.progress.task_id, &sure, terms, self.now).await?;
        Ok(sure.len())
    }

    fn judge(&self, image: &Waiting, votes: &[Vote]) -> Judged {
        let stop = self.progress.terms.stop();
        match stop.judge(votes, Some(self.snapshot)) {
            Verdict::OneMore { worth } => Judged::Waits(Lane::for_one_more(worth)),
            Verdict::Decided(decision) => Judged::Sure(Closed {
                subtask_id: image.subtask_id,
                version: image.next_version(),
                closing: Closing::decided(decision, stop, Some(self.version)),
            }),
        }
    }
}

/// What becomes of an image.
enum Judged {
    /// It is closed.
    Sure(Closed),
    /// It stays open, in this lane.
    Waits(Lane),
}
