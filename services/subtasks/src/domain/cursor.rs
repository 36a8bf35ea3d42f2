//! How an operator goes through the queue of a task.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_ids::{TaskId, UserId};

use super::{Lane, Qualification};

/// How many free images of the queue are looked at in one step.
pub const WINDOW: i64 = 64;

/// How far an operator has come in the queue of a task: a hint for speed, never the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The last position passed in each lane, in their order; 0 is before the head.
    pub passed: [i64; Lane::COUNT],
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
    /// The share of gold among the images that are handed out: 0 to 1.
    pub share: f64,
    /// How far the operator has come with the qualification.
    pub qualification: Qualification,
}

/// How many images an operator is handed that need no vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hidden {
    /// Gold images for control.
    pub gold: usize,
    /// Decoys.
    pub decoys: usize,
}

impl GoldDue {
    /// Draws what comes among so many images. Decoys come as often as gold does, but take no more than half of the
    /// rest. `unit` makes numbers from 0 to 1 by chance.
    #[must_use]
    pub fn draw(self, images: usize, unit: impl Fn() -> f64) -> Hidden {
        let decoys = self.share.min((1.0 - self.share) / 2.0);
        (0..images).map(|_| unit()).fold(Hidden::default(), |drawn, unit| match unit {
            unit if unit < self.share => Hidden { gold: drawn.gold + 1, ..drawn },
            unit if unit < self.share + decoys => Hidden { decoys: drawn.decoys + 1, ..drawn },
            _ => drawn,
        })
    }
}

/// A task that may have work for an operator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The task.
    pub task_id: TaskId,
    /// The client who owns it.
    pub owner_id: UserId,
    /// Whether it has an image with a free place for anybody.
    pub has_free: bool,
    /// How far the operator has come in it.
    pub cursor: Cursor,
    /// What the operator is to be handed of its gold images.
    pub gold: GoldDue,
    /// Whether the operator is paused in it.
    pub paused: bool,
    /// Whether it is the operator's own.
    pub own: bool,
    /// Whether an image takes one vote alone from a source network.
    pub one_vote_per_network: bool,
}

/// What a step through the queue has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// How many images were asked for.
    pub asked: i64,
    /// What was found in each lane that had anything, in the order of the lanes. Fewer than [`WINDOW`] in all is the
    /// end of the queue.
    pub stretches: Vec<Stretch>,
}

/// What a step through the queue has found in one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The lane's number.
    pub lane: usize,
    /// How many images were looked at.
    pub seen: i64,
    /// How many were taken.
    pub taken: i64,
    /// The position of the last one looked at.
    pub last_seen: i64,
    /// The position of the last one taken.
    pub last_taken: Option<i64>,
}

impl Window {
    /// How many images were taken.
    #[must_use]
    pub fn taken(&self) -> i64 {
        self.stretches.iter().map(|stretch| stretch.taken).sum()
    }

    /// Whether as many were taken as were asked for.
    fn is_filled(&self) -> bool {
        self.taken() >= self.asked
    }

    /// Whether there is nothing behind what was looked at.
    fn is_last(&self) -> bool {
        self.stretches.iter().map(|stretch| stretch.seen).sum::<i64>() < WINDOW
    }
}

impl Cursor {
    /// Whether the operator heard the last time that there was too little for them.
    #[must_use]
    pub fn was_short(&self) -> bool {
        self.in_vain || self.rest_until.is_some()
    }

    /// Whether the task is left out at present.
    #[must_use]
    pub fn rests(&self, now: DateTime<Utc>) -> bool {
        self.rest_until.is_some_and(|until| until > now)
    }

    fn advance(&mut self, window: &Window) {
        let mut missing = window.asked;
        for stretch in &window.stretches {
            missing -= stretch.taken;
            match stretch.last_taken {
                // What was looked at behind the last one taken may still be had by the next call.
                Some(taken) if missing <= 0 => {
                    self.passed[stretch.lane] = taken;
                    return;
                }
                _ => self.passed[stretch.lane] = stretch.last_seen,
            }
        }
    }
}

/// A search through one task's queue, one window at a time. Says where to look next until it is over.
#[derive(Debug)]
pub struct Search {
    cursor: Cursor,
    over: bool,
}

impl Search {
    /// Goes on where the operator stood.
    #[must_use]
    pub fn resume(cursor: Cursor) -> Self {
        let at_head = cursor.passed == Cursor::default().passed;
        let cursor = Cursor { in_vain: cursor.in_vain || at_head, rest_until: None, ..cursor };
        Self { cursor, over: false }
    }

    /// The positions of the lanes behind which to look next; `None` when the pass is over.
    #[must_use]
    pub fn next(&self) -> Option<[i64; Lane::COUNT]> {
        (!self.over).then_some(self.cursor.passed)
    }

    /// Notes what was found there.
    pub fn found(&mut self, window: &Window) {
        self.cursor.advance(window);
        self.cursor.in_vain &= window.taken() == 0;
        self.over = !window.is_filled() && window.is_last();
    }

    /// Notes how far gold images were taken on their ring. Gold is nothing found in the queue: a pass stays in vain.
    pub fn took_gold(&mut self, reached: i64) {
        self.cursor.gold = Some(reached);
    }

    /// Notes that there was something for the operator without a look at the queue.
    pub fn was_served(&mut self) {
        self.cursor.in_vain = false;
    }

    /// Ends the pass: there is nothing else for this operator now, or nothing at all.
    pub fn end(&mut self, in_vain: bool) {
        self.over = true;
        self.cursor.in_vain = in_vain;
    }

    /// Where the operator stands now. After a pass to the end the task rests, and the next pass begins at the head, so
    /// that images passed over because they were locked, or committed late, are found again.
    #[must_use]
    pub fn stand(self, now: DateTime<Utc>, rest: TimeDelta) -> Cursor {
        if self.over {
            Cursor { passed: Cursor::default().passed, rest_until: Some(now + rest), ..self.cursor }
        } else {
            self.cursor
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
    const REST: TimeDelta = TimeDelta::seconds(2);

    fn stretch(lane: usize, taken: i64, seen: i64, last_seen: i64) -> Stretch {
        Stretch { lane, taken, seen, last_seen, last_taken: (taken > 0).then_some(last_seen - 1) }
    }

    fn window(asked: i64, stretches: &[Stretch]) -> Window {
        Window { asked, stretches: stretches.to_vec() }
    }

    #[test]
    fn a_filled_call_stands_behind_the_last_image_it_took() {
        let mut search = Search::resume(Cursor::default());
        assert_eq!(search.next(), Some([0; 5]));
        search.found(&window(3, &[stretch(1, 3, 64, 164)]));
        assert_eq!(search.stand(NOW, REST), Cursor { passed: [0, 163, 0, 0, 0], ..Cursor::default() });
    }

    #[test]
    fn lanes_before_the_last_image_taken_are_passed_and_those_behind_it_are_not() {
        let mut search = Search::resume(Cursor { passed: [5, 6, 7, 8, 9], ..Cursor::default() });
        search.found(&window(
            3,
            &[stretch(0, 1, 3, 30), stretch(1, 0, 9, 40), stretch(2, 2, 5, 50), stretch(4, 0, 3, 60)],
        ));
        assert_eq!(search.stand(NOW, REST).passed, [30, 40, 49, 8, 9]);
    }

    #[test]
    fn decoys_come_as_often_as_gold_but_leave_room_for_other_images() {
        let met = Qualification { asked: 0, right: 0, seen: 0, ordinary: 0 };
        let draw = |share, unit| GoldDue { share, qualification: met }.draw(1, || unit);
        let (gold, decoys) = (Hidden { gold: 1, decoys: 0 }, Hidden { gold: 0, decoys: 1 });
        assert_eq!(
            [0.0, 0.09, 0.1, 0.19, 0.2].map(|unit| draw(0.1, unit)),
            [gold, gold, decoys, decoys, Hidden::default()]
        );
        assert_eq!([0.49, 0.74, 0.76].map(|unit| draw(0.5, unit)), [gold, decoys, Hidden::default()]);
        assert_eq!(draw(0.0, 0.0), Hidden::default());
    }

    #[test]
    fn a_full_window_without_anything_is_followed_by_the_next() {
        let mut search = Search::resume(Cursor { passed: [0, 100, 0, 0, 0], ..Cursor::default() });
        search.found(&window(1, &[stretch(0, 0, 4, 20), stretch(1, 0, WINDOW - 4, 170)]));
        assert_eq!(search.next(), Some([20, 170, 0, 0, 0]));
    }

    #[test]
    fn a_pass_to_the_end_rests_and_begins_at_the_head_again() {
        let mut search = Search::resume(Cursor { passed: [7, 100, 0, 0, 0], ..Cursor::default() });
        search.found(&window(1, &[stretch(1, 0, 5, 105)]));
        assert_eq!(search.next(), None);
        let cursor = search.stand(NOW, REST);
        assert_eq!((cursor.passed, cursor.in_vain), ([0; 5], false));
        assert!(cursor.rests(NOW + TimeDelta::seconds(1)) && !cursor.rests(NOW + REST));
    }

    #[test]
    fn only_a_pass_from_the_head_that_took_nothing_was_in_vain() {
        let mut search = Search::resume(Cursor::default());
        search.found(&window(1, &[stretch(1, 0, WINDOW, 64)]));
        // Cut short, and gone on with by the next call.
        let mut search = Search::resume(search.stand(NOW, REST));
        search.found(&window(1, &[stretch(1, 0, 3, 67)]));
        assert!(search.stand(NOW, REST).in_vain);
        let mut search = Search::resume(Cursor::default());
        search.found(&window(2, &[stretch(1, 1, 3, 67)]));
        assert!(!search.stand(NOW, REST).in_vain);
    }
}
