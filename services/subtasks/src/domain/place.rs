//! How an operator goes through the queue of a task.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_ids::TaskId;

/// How many free images of the queue are looked at in one step.
pub const WINDOW: i64 = 64;

/// A part of a task's queue; the first is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Images that have been in somebody's hands, or want an extra vote.
    Again,
    /// Images that nobody has seen, or that wait for further votes of the first round.
    Fresh,
}

impl Lane {
    /// The lanes, in the order in which they are served.
    pub const ALL: [Self; 2] = [Self::Again, Self::Fresh];

    /// The number in the database.
    #[must_use]
    pub fn number(self) -> i16 {
        match self {
            Self::Again => 0,
            Self::Fresh => 1,
        }
    }
}

/// How far an operator has come in a task: a hint for speed, never the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The last position passed in [`Lane::Again`]; 0 is before the head.
    pub again: i64,
    /// The last position passed in [`Lane::Fresh`]; 0 is before the head.
    pub fresh: i64,
    /// Whether the pass under way, or the last one before a rest, began at the head and found nothing at all.
    pub in_vain: bool,
    /// Until when the task is left out for this operator.
    pub rest_until: Option<DateTime<Utc>>,
    /// How far the operator has come on the ring of gold images; none before the first.
    pub gold: Option<i64>,
}

/// What an operator is to be handed of a task's gold images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoldDue {
    /// Of the images that are handed out, how many are gold: 0 to 1.
    pub share: f64,
    /// Whether others may come at all.
    pub qualified: bool,
}

/// A task that may have work for an operator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The task.
    pub task_id: TaskId,
    /// Whether it has an image with a free place, for whomever.
    pub has_free: bool,
    /// How far the operator has come in it.
    pub place: Place,
    /// What the operator is to be handed of its gold images.
    pub gold: GoldDue,
    /// Whether the operator is paused in it.
    pub paused: bool,
}

/// What a step through the queue has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many images were asked for.
    pub asked: i64,
    /// How many were taken.
    pub taken: i64,
    /// How many were looked at: fewer than [`WINDOW`] is the end of the lane.
    pub seen: i64,
    /// The position of the last one taken.
    pub last_taken: Option<i64>,
    /// The position of the last one looked at.
    pub last_seen: Option<i64>,
}

impl Place {
    /// Whether the task is left out at present.
    #[must_use]
    pub fn rests(&self, now: DateTime<Utc>) -> bool {
        self.rest_until.is_some_and(|until| until > now)
    }

    /// The last position passed in a lane.
    #[must_use]
    pub fn passed(&self, lane: Lane) -> i64 {
        match lane {
            Lane::Again => self.again,
            Lane::Fresh => self.fresh,
        }
    }

    fn advance(&mut self, lane: Lane, window: &Window) {
        let passed = match lane {
            Lane::Again => &mut self.again,
            Lane::Fresh => &mut self.fresh,
        };
        // What was looked at behind the last one taken may still be had by the next call.
        let reached = if window.taken >= window.asked { window.last_taken } else { window.last_seen };
        *passed = reached.unwrap_or(*passed);
    }
}

/// A search through one task's queue, one window at a time. Says where to look next until it is over.
#[derive(Debug)]
pub struct Search {
    place: Place,
    lane: Option<Lane>,
}

impl Search {
    /// Goes on where the operator stood.
    #[must_use]
    pub fn resume(place: Place) -> Self {
        let at_head = place.again == 0 && place.fresh == 0;
        let place = Place { in_vain: place.in_vain || at_head, rest_until: None, ..place };
        Self { place, lane: Some(Lane::Again) }
    }

    /// The lane to look into next, and behind which position; `None` when the pass is over.
    #[must_use]
    pub fn next(&self) -> Option<(Lane, i64)> {
        self.lane.map(|lane| (lane, self.place.passed(lane)))
    }

    /// Notes what was found there.
    pub fn found(&mut self, window: &Window) {
        let Some(lane) = self.lane else { return };
        self.place.advance(lane, window);
        if window.taken > 0 {
            self.place.in_vain = false;
        }
        if window.taken < window.asked && window.seen < WINDOW {
            self.lane = match lane {
                Lane::Again => Some(Lane::Fresh),
                Lane::Fresh => None,
            };
        }
    }

    /// Notes that gold images were taken, and how far that went on their ring.
    pub fn took_gold(&mut self, taken: usize, reached: i64) {
        self.place.gold = Some(reached);
        self.place.in_vain &= taken == 0;
    }

    /// Nothing else is for this operator now: the pass is over.
    pub fn end(&mut self) {
        self.lane = None;
    }

    /// Where the operator stands now. After a pass to the end the task rests, and the next pass begins at the head, so
    /// that images passed over because they were locked, or committed late, are found again.
    #[must_use]
    pub fn stand(self, now: DateTime<Utc>, rest: TimeDelta) -> Place {
        match self.lane {
            Some(_) => self.place,
            None => Place { again: 0, fresh: 0, rest_until: Some(now + rest), ..self.place },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const REST: TimeDelta = TimeDelta::seconds(2);

    fn window(asked: i64, taken: i64, seen: i64, last_seen: i64) -> Window {
        let last_taken = (taken > 0).then_some(last_seen - 1);
        Window { asked, taken, seen, last_taken, last_seen: (seen > 0).then_some(last_seen) }
    }

    #[test]
    fn a_filled_call_stands_behind_the_last_image_it_took() {
        let mut search = Search::resume(Place::default());
        assert_eq!(search.next(), Some((Lane::Again, 0)));
        search.found(&window(3, 0, 0, 0));
        assert_eq!(search.next(), Some((Lane::Fresh, 0)));
        search.found(&window(3, 3, 64, 164));
        let place = search.stand(NOW, REST);
        assert_eq!(place, Place { fresh: 163, ..Place::default() });
    }

    #[test]
    fn a_full_window_without_anything_is_followed_by_the_next() {
        let mut search = Search::resume(Place { again: 0, fresh: 100, ..Place::default() });
        search.found(&window(1, 0, 0, 0));
        search.found(&window(1, 0, WINDOW, 170));
        assert_eq!(search.next(), Some((Lane::Fresh, 170)));
    }

    #[test]
    fn a_pass_to_the_end_rests_and_begins_at_the_head_again() {
        let mut search = Search::resume(Place { again: 7, fresh: 100, ..Place::default() });
        search.found(&window(1, 0, 0, 0));
        search.found(&window(1, 0, 5, 105));
        assert_eq!(search.next(), None);
        let place = search.stand(NOW, REST);
        assert_eq!((place.again, place.fresh, place.in_vain), (0, 0, false));
        assert!(place.rests(NOW + TimeDelta::seconds(1)) && !place.rests(NOW + REST));
    }

    #[test]
    fn only_a_pass_from_the_head_that_took_nothing_was_in_vain() {
        let mut search = Search::resume(Place::default());
        search.found(&window(1, 0, WINDOW, 64));
        // Cut short, and gone on with by the next call.
        let mut search = Search::resume(search.stand(NOW, REST));
        search.found(&window(1, 0, 3, 67));
        search.found(&window(1, 0, 0, 0));
        assert!(search.stand(NOW, REST).in_vain);
        let mut search = Search::resume(Place::default());
        search.found(&window(2, 1, 3, 67));
        search.found(&window(1, 0, 0, 0));
        assert!(!search.stand(NOW, REST).in_vain);
    }
}
