//! How operators come to label a task that asks for a qualification.

/// How often an image that comes before the qualification is an ordinary one, as long as it may be.
const ORDINARY: f64 = 1.0 / 3.0;

/// How far an operator has come with the qualification for a task.
///
/// Whoever is not qualified may be a throw-away account that looks for gold. So what it is handed has a bound, and not
/// all of it is gold: that an image comes first says nothing. The gold images for the qualification serve for nothing
/// else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Qualification {
    /// How many gold images must be labeled right.
    pub asked: u32,
    /// How many are.
    pub right: u32,
    /// How many images the operator was handed.
    pub seen: u32,
    /// How many of them were ordinary ones.
    pub ordinary: u32,
}

/// What is left of the qualification images for one operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pool {
    /// Handed out, and neither labeled nor skipped.
    pub pending: u32,
    /// Never handed to this operator.
    pub unseen: u32,
}

/// What an operator is handed who is not qualified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Draw {
    /// How many qualification images.
    pub gold: usize,
    /// How many ordinary ones.
    pub ordinary: usize,
}

impl Qualification {
    /// Whether votes count.
    #[must_use]
    pub fn is_met(self) -> bool {
        self.right >= self.asked
    }

    /// How many images more may be handed out before that: half as many again as must be right, in all.
    #[must_use]
    pub fn left(self) -> u32 {
        (self.asked + self.spare()).saturating_sub(self.seen)
    }

    /// Whether it can still be met.
    #[must_use]
    pub fn can_be_met(self, pool: Pool) -> bool {
        self.right + pool.pending + pool.unseen.min(self.left()) >= self.asked
    }

    /// Draws what comes next, `wanted` images at most. `unit` makes numbers from 0 to 1 by chance.
    #[must_use]
    pub fn draw(self, pool: Pool, wanted: usize, unit: impl Fn() -> f64) -> Draw {
        let mut draw = Draw::default();
        let (mut ahead, mut left) = (self, pool);
        while draw.gold + draw.ordinary < wanted && ahead.left() > 0 && ahead.can_be_met(left) {
            let other = Self { seen: ahead.seen + 1, ordinary: ahead.ordinary + 1, ..ahead };
            // An ordinary one comes only where the gold that is left suffices without that place.
            if other.ordinary <= self.most_ordinary() && other.can_be_met(left) && unit() < ORDINARY {
                draw.ordinary += 1;
                ahead = other;
            } else if left.unseen > 0 {
                draw.gold += 1;
                ahead.seen += 1;
                left = Pool { pending: left.pending + 1, unseen: left.unseen - 1 };
            } else {
                break;
            }
        }
        draw
    }

    /// How many images there are beyond those that must be right.
    fn spare(self) -> u32 {
        self.asked.div_ceil(2)
    }

    /// A third of what is spare; the rest is for mistakes.
    fn most_ordinary(self) -> u32 {
        self.spare().div_ceil(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Qualification = Qualification { asked: 10, right: 0, seen: 0, ordinary: 0 };
    const ALL: Pool = Pool { pending: 0, unseen: 15 };

    #[test]
    fn half_as_many_again_are_handed_out_and_no_more() {
        assert_eq!(NEW.draw(ALL, 100, || 1.0), Draw { gold: 15, ordinary: 0 });
        assert_eq!(NEW.draw(ALL, 100, || 0.0), Draw { gold: 13, ordinary: 2 });
        assert_eq!(NEW.draw(ALL, 4, || 1.0), Draw { gold: 4, ordinary: 0 });
        let seen = Qualification { seen: 15, right: 9, ..NEW };
        assert_eq!(seen.draw(Pool { pending: 1, unseen: 5 }, 9, || 1.0), Draw::default());
        let small = Qualification { asked: 1, ..NEW };
        assert_eq!((small.left(), Qualification { asked: 3, ..NEW }.left()), (2, 5));
    }

    #[test]
    fn an_ordinary_image_never_takes_the_place_of_one_that_is_needed() {
        let erred = Qualification { asked: 3, right: 1, seen: 3, ordinary: 0 };
        assert_eq!(erred.draw(Pool { pending: 0, unseen: 9 }, 9, || 0.0), Draw { gold: 2, ordinary: 0 });
        let scarce = Pool { pending: 0, unseen: 3 };
        assert_eq!(Qualification { asked: 3, ..NEW }.draw(scarce, 9, || 0.0), Draw { gold: 3, ordinary: 1 });
    }

    #[test]
    fn who_can_not_get_there_gets_nothing_more() {
        let skipped = Qualification { asked: 3, right: 0, seen: 3, ordinary: 0 };
        assert!(!skipped.can_be_met(Pool { pending: 0, unseen: 9 }));
        assert_eq!(skipped.draw(Pool { pending: 0, unseen: 9 }, 9, || 1.0), Draw::default());
        assert!(skipped.can_be_met(Pool { pending: 1, unseen: 9 }), "what is in hand may still be labeled right");
        assert!(Qualification { right: 10, seen: 40, ..NEW }.is_met());
    }
}
