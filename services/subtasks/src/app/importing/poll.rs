//! The images of a batch of recorded votes: the rules of a vote, applied in memory.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use labelmesh_consensus::{Label, Operator, Vote};
use labelmesh_errors::Result;
use labelmesh_events::Outbox;
use labelmesh_ids::{SubtaskId, TaskId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::app::{
    closing::{close::close, decide},
    snapshots::Versioned,
};
use crate::domain::{self, Assignment, Cast, Closed, Closing, Outcome, Refusal, Terms};
use crate::store::{
    recorded::{self, Given},
    subtasks::{self, Locked, Queue},
};

/// The images of a batch, locked in the order of their ids.
pub(super) struct Polls(HashMap<SubtaskId, Poll>);

/// An image with all votes for it.
pub(super) struct Poll {
    pub(super) image: Locked,
    /// In the order in which they came, surplus ones among them.
    given: Vec<Given>,
    queue: Queue,
    changed: bool,
    closed: Option<Closed>,
}

impl Polls {
    /// Locks the images, but for those that don't exist or are another task's.
    pub(super) async fn lock(db: &mut PgConnection, task: TaskId, images: &[SubtaskId]) -> Result<Self> {
        let mut ids: Vec<Uuid> = images.iter().map(|image| image.uuid()).collect();
        ids.sort_unstable();
        ids.dedup();
        let locked = subtasks::lock(db, &ids).await?.into_iter().filter(|image| image.task_id == task);
        let polls = locked.map(|image| (image.subtask_id, Poll::new(image)));
        let mut polls: HashMap<_, _> = polls.collect();
        for (image, given) in recorded::given(db, &ids).await? {
            if let Some(poll) = polls.get_mut(&image) {
                poll.given.push(given);
            }
        }
        Ok(Self(polls))
    }

    pub(super) fn get_mut(&mut self, image: SubtaskId) -> Option<&mut Poll> {
        self.0.get_mut(&image)
    }

    /// Writes what has changed; returns how many images were closed.
    pub(super) async fn save(
        self,
        db: &mut PgConnection,
        outbox: &Outbox,
        task: TaskId,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<usize> {
        let mut changed: Vec<Poll> = self.0.into_values().filter(|poll| poll.changed).collect();
        changed.sort_unstable_by_key(|poll| poll.image.subtask_id);
        let votes = changed.iter().flat_map(|poll| {
            let fresh = poll.given.iter().filter(|given| given.fresh);
            fresh.map(|given| (&poll.image, given))
        });
        recorded::write(db, &votes.collect::<Vec<_>>()).await?;
        let images: Vec<_> = changed.iter().map(|poll| (&poll.image, poll.queue)).collect();
        subtasks::save_all(db, &images).await?;
        let closed: Vec<Closed> = changed.into_iter().filter_map(|poll| poll.closed).collect();
        if !closed.is_empty() {
            close(db, outbox, task, &closed, terms, now).await?;
        }
        Ok(closed.len())
    }
}

impl Poll {
    fn new(image: Locked) -> Self {
        Self { image, given: Vec::new(), queue: Queue::Stay, changed: false, closed: None }
    }

    /// Takes a recorded vote, as a live one would be taken, and decides what it completes. One that does not count is
    /// kept as surplus.
    pub(super) fn cast(
        &mut self,
        operator: UserId,
        counts: bool,
        text: &str,
        at: DateTime<Utc>,
        known: Option<&Versioned>,
    ) -> std::result::Result<Outcome, Refusal> {
        let label = self.image.terms.label(text).ok_or(Refusal::LabelUnknown)?;
        let earlier = self.given.iter().position(|given| given.operator == operator);
        let assignment = match earlier {
            Some(place) => Some(self.assignment(place)?),
            None => None,
        };
        let cast = match assignment {
            None if !counts => Cast::Surplus(self.image.slots),
            _ => domain::cast_recorded(self.image.slots, assignment, label)?,
        };
        if cast == Cast::Unchanged {
            return Ok(Outcome::Unchanged);
        }
        // A revision goes to the end, as that of a live vote does.
        let ordinal = self.given.last().map_or(1, |last| last.ordinal.saturating_add(1));
        if let Some(earlier) = earlier {
            self.given.remove(earlier);
        }
        let counts = !matches!(cast, Cast::Surplus(_));
        let own = self.image.terms.text(label).to_owned();
        self.given.push(Given { operator, label: own, ordinal, counts, at, fresh: true });
        self.changed = true;
        if let Cast::Counted(slots) = cast {
            self.image.slots = slots;
            // Before that nothing is judged, and nobody has to look at the votes.
            let votes = if slots.is_full() { self.votes() } else { Vec::new() };
            let (queue, closed) = decide::decide(&mut self.image, &votes, known);
            if queue != Queue::Stay {
                self.queue = queue;
            }
            self.closed = closed;
        }
        Ok(cast.into())
    }

    /// Closes the image with a decision that was made elsewhere.
    pub(super) fn close(&mut self, closing: Closing) {
        self.closed = Some(self.image.close(closing));
        self.changed = true;
    }

    /// How the image was closed in this batch.
    pub(super) fn closing(&self) -> Option<&Closing> {
        self.closed.as_ref().map(|closed| &closed.closing)
    }

    /// The votes that count, in the order in which they came.
    pub(super) fn votes(&self) -> Vec<Vote> {
        let counted = self.given.iter().filter(|given| given.counts);
        let vote = |given: &Given| {
            let operator = Operator(given.operator.uuid().as_u128());
            self.image.terms.label(&given.label).map(|label| Vote { operator, label })
        };
        counted.filter_map(vote).collect()
    }

    fn assignment(&self, place: usize) -> std::result::Result<Assignment, Refusal> {
        let given = &self.given[place];
        let label: Label = self.image.terms.label(&given.label).ok_or(Refusal::LabelUnknown)?;
        Ok(if given.counts { Assignment::Voted(label) } else { Assignment::Surplus(label) })
    }
}
