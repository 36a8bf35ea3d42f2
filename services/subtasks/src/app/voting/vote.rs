//! Takes votes, one or many, and decides what they complete.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use labelmesh_consensus::Label;
use labelmesh_errors::{Error, Result};
use labelmesh_events::Outbox;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{
    App, Operator,
    closing::{close::close, decide::decide},
    names::Names,
    snapshots::{Snapshots, Versioned},
    voting::standings::Answers,
};
use crate::domain::{self, Assignment, Cast, Lane, Outcome, Refusal, TaskState};
use crate::store::{
    assignments::{self, Stored},
    gold,
    subtasks::{self, Locked, Queue},
    votes,
};

/// A label for an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// The image.
    pub subtask_id: SubtaskId,
    /// The label.
    pub label: String,
}

/// Votes for one image.
///
/// # Errors
/// LEASE_EXPIRED, IMAGE_DECIDED, NEVER_LEASED or LABEL_UNKNOWN.
pub async fn vote(app: &App, operator: Operator, ballot: Ballot) -> Result<Outcome> {
    let mut judged = vote_many(app, operator, &[ballot]).await?;
    judged.pop().unwrap_or(Err(Refusal::NeverLeased)).map_err(Error::from)
}

/// Votes for several images, in one transaction. Each vote is judged for itself and answered in the order given.
///
/// # Errors
/// A violation where two are for the same image.
pub async fn vote_many(app: &App, operator: Operator, ballots: &[Ballot]) -> Result<Vec<Result<Outcome, Refusal>>> {
    let mut ids: Vec<Uuid> = ballots.iter().map(|ballot| ballot.subtask_id.uuid()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid("votes", "must each be for another image"));
    }
    let now = app.clock.now();
    let (outbox, names, ids) = (&app.outbox, &app.names, &ids);
    let mut known = Known::default();
    let (judged, told) = loop {
        let lookup = &Lookup { here: &app.snapshots, known: &known };
        let taken = run_tx(&app.pool, "vote", |tx| {
            Box::pin(async move {
                VoteBatch { outbox, names, operator, now, lookup, answers: Answers::default(), told: false }
                    .take(tx, ids, ballots)
                    .await
            })
        });
        match taken.await? {
            Taken::Judged(judged, told) => break (judged, told),
            Taken::Unread(task, version) => {
                known.insert(task, app.snapshots.read(&app.pool, task, version).await?);
            }
        }
    };
    if told {
        app.outbox.wake();
    }
    Ok(judged)
}

/// Snapshots that were read for this call.
type Known = HashMap<TaskId, Option<Versioned>>;

/// Where a transaction finds snapshots, without reading any.
struct Lookup<'a> {
    here: &'a Snapshots,
    known: &'a Known,
}

impl Lookup<'_> {
    /// The newest snapshot at hand for an image, which may be none.
    fn of(&self, image: &Locked) -> Option<Versioned> {
        self.here.of(image.task_id).or_else(|| self.known.get(&image.task_id).cloned().flatten())
    }

    /// Whether an image is judged by snapshots and none is at hand.
    fn lacks(&self, image: &Locked) -> bool {
        let asks = !image.slots.closed && image.snapshot > 0 && image.terms.stop().confidence().is_some();
        asks && !self.known.contains_key(&image.task_id) && self.here.of(image.task_id).is_none()
    }
}

/// The votes of one operator that one transaction takes.
struct VoteBatch<'a> {
    outbox: &'a Outbox,
    names: &'a Names,
    operator: Operator,
    now: DateTime<Utc>,
    lookup: &'a Lookup<'a>,
    /// The answers on gold images.
    answers: Answers,
    /// Whether there are events.
    told: bool,
}

/// How a transaction has ended.
enum Taken {
    /// What became of each vote, and whether there are events.
    Judged(Vec<Result<Outcome, Refusal>>, bool),
    /// Nothing was done. The snapshot of this task has to be read first, while no row is locked.
    Unread(TaskId, u32),
}

impl VoteBatch<'_> {
    async fn take(mut self, db: &mut PgConnection, ids: &[Uuid], ballots: &[Ballot]) -> Result<Taken> {
        // All images are locked before the first vote is judged, in the order of their ids.
        let mut images = subtasks::lock(db, ids).await?;
        if let Some(image) = images.iter().find(|image| self.lookup.lacks(image)) {
            return Ok(Taken::Unread(image.task_id, image.snapshot));
        }
        let mine = assignments::of_operator(db, self.operator.user_id(), ids).await?;
        let mut judged = Vec::with_capacity(ballots.len());
        for ballot in ballots {
            let image = images.iter_mut().find(|image| image.subtask_id == ballot.subtask_id);
            let stored = mine.iter().find(|stored| stored.subtask_id == ballot.subtask_id);
            judged.push(match (image, stored) {
                (Some(image), Some(stored)) => self.judge(db, image, stored, &ballot.label).await?,
                // Whether there is such an image is not told to whom it was never handed.
                _ => Err(Refusal::NeverLeased),
            });
        }
        let paused = self.answers.keep(db, self.outbox, self.operator.user_id(), self.now).await?;
        Ok(Taken::Judged(judged, self.told || paused))
    }

    async fn judge(
        &mut self,
        db: &mut PgConnection,
        image: &mut Locked,
        stored: &Stored,
        text: &str,
    ) -> Result<Result<Outcome, Refusal>> {
        let assignment = stored.read(&image.terms)?;
        let Some(label) = image.terms.label(text) else { return Ok(Err(Refusal::LabelUnknown)) };
        let own_text = image.terms.text(label).to_owned();
        let unvoted = matches!(assignment, Assignment::Leased | Assignment::Lapsed);
        if image.task_state == TaskState::Cancelled && unvoted {
            return Ok(Err(Refusal::Cancelled));
        }
        if stored.paused && unvoted {
            return Ok(Err(Refusal::Paused));
        }
        if stored.barred && unvoted {
            return Ok(Err(Refusal::Barred));
        }
        if image.owner_id == self.operator.user_id() && unvoted {
            return Ok(Err(Refusal::OwnTask));
        }
        let network = self.network(db, image).await?;
        let taken = match network {
            Some(network) if unvoted => {
                assignments::is_taken(db, self.operator.user_id(), image.subtask_id, network).await?
            }
            _ => false,
        };
        // Whoever votes from a network that has voted hears what anybody hears: otherwise gold, which takes votes from
        // everywhere, would show.
        if image.gold_label.is_some() || stored.trial || taken {
            return self.answer(db, image, assignment, label).await;
        }
        let cast = match domain::cast(image.slots, Some(assignment), label) {
            Ok(cast) => cast,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let operator = self.operator.user_id();
        match cast {
            Cast::Unchanged => {}
            Cast::Revised => assignments::vote(db, operator, image, &own_text, false, network, self.now).await?,
            Cast::Surplus(slots) => {
                assignments::vote(db, operator, image, &own_text, true, network, self.now).await?;
                image.slots = slots;
                subtasks::save(db, image, Queue::Stay).await?;
            }
            Cast::Counted(slots) => {
                assignments::vote(db, operator, image, &own_text, false, network, self.now).await?;
                image.slots = slots;
                let queue = self.decide(db, image).await?;
                subtasks::save(db, image, queue).await?;
            }
        }
        Ok(Ok(cast.into()))
    }

    /// The code of the voter's network, where an image takes one vote alone from it.
    async fn network(&self, db: &mut PgConnection, image: &Locked) -> Result<Option<i64>> {
        match self.operator.network().filter(|_| image.one_vote_per_network) {
            Some(network) => Ok(Some(self.names.of_task(db, image.task_id).await?.network(image.task_id, network))),
            None => Ok(None),
        }
    }

    /// Takes an answer on a gold image, or on one that is handed out for show. Nothing is decided by it; on gold it
    /// tells how well the operator labels.
    async fn answer(
        &mut self,
        db: &mut PgConnection,
        image: &mut Locked,
        assignment: Assignment,
        label: Label,
    ) -> Result<Result<Outcome, Refusal>> {
        let over = image.task_state != TaskState::Open;
        let others = match assignment {
            Assignment::Leased | Assignment::Skipped => None,
            // A repeat, which changes nothing whatever the others say.
            Assignment::Voted(given) | Assignment::Surplus(given) if given == label => None,
            _ => Some(gold::other_answers(db, self.operator.user_id(), image.subtask_id, self.now).await?),
        };
        let refusal = others.and_then(|others| others.refuses(image.terms.stop().redundancy()));
        let cast = match domain::answer(image.slots, assignment, label, over, refusal) {
            Ok(cast) => cast,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if cast == Cast::Unchanged {
            return Ok(Ok(Outcome::Unchanged));
        }
        let (operator, text) = (self.operator.user_id(), image.terms.text(label).to_owned());
        match image.gold_label {
            Some(_) => gold::answer(db, operator, image, &text, self.now).await?,
            None => assignments::answer(db, operator, image, &text, self.now).await?,
        }
        if let Cast::Counted(slots) | Cast::Surplus(slots) = cast {
            // The place of a lease of an open image, which was for show, is free again.
            let freed = image.slots.leases != slots.leases;
            image.slots = slots;
            subtasks::save(db, image, if freed { Queue::To(Lane::AGAIN) } else { Queue::Stay }).await?;
        }
        // The first answer tells what the operator knows: otherwise known labels could be found by trying.
        if let Some(known) = image.gold_label.as_deref()
            && !over
            && cast != Cast::Revised
        {
            self.answers.note(image.task_id, known == text);
        }
        Ok(Ok(cast.into()))
    }

    /// Decides an image that has the votes it asked for, or lets it ask for one more.
    async fn decide(&mut self, db: &mut PgConnection, image: &mut Locked) -> Result<Queue> {
        if !image.slots.is_full() {
            return Ok(Queue::Stay);
        }
        let votes = votes::counted(db, &[image.subtask_id.uuid()], &image.terms).await?;
        let votes: Vec<_> = votes.into_iter().map(|(_, vote)| vote).collect();
        let known = image.terms.stop().confidence().and_then(|_| self.lookup.of(image));
        let (queue, closed) = decide(image, &votes, known.as_ref());
        if let Some(closed) = closed {
            close(db, self.outbox, image.task_id, &[closed], &image.terms, self.now).await?;
            self.told = true;
        }
        Ok(queue)
    }
}
