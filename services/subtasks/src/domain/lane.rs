//! The lanes of a task's queue.

use labelmesh_consensus::lane;

/// The number of lanes for images that want an extra vote. The first of these is served before fresh images.
const BY_WORTH: u8 = 4;

/// A part of a task's queue; the first is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane(u8);

impl Lane {
    /// Images that have been in somebody's hands, or want an extra vote that tells much.
    pub const AGAIN: Self = Self(0);
    /// Images that nobody has seen, or that wait for further votes of the first round.
    pub const FRESH: Self = Self(1);
    /// How many there are. Those behind [`FRESH`](Self::FRESH) have images that want an extra vote which tells less and
    /// less: until it is given, others teach more of the operators, and a newer snapshot may do without it.
    pub const COUNT: usize = 1 + BY_WORTH as usize;

    /// The lane in which an image waits for one more vote that is worth so much, 0 to 1.
    #[must_use]
    pub fn for_one_more(worth: f64) -> Self {
        match lane(worth, BY_WORTH) {
            0 => Self::AGAIN,
            less => Self(Self::FRESH.0 + less),
        }
    }

    /// Those in which images wait for an extra vote, in the order in which they are served.
    pub fn waiting() -> impl Iterator<Item = Self> {
        (0..).map(Self).take(Self::COUNT).filter(|lane| *lane != Self::FRESH)
    }

    /// The number in the database, from 0.
    #[must_use]
    pub fn number(self) -> i16 {
        self.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_that_tells_much_is_asked_for_before_fresh_images_and_the_others_after_them() {
        let lanes = [1.0, 0.76, 0.6, 0.3, 0.0].map(|worth| Lane::for_one_more(worth).number());
        assert_eq!(lanes, [0, 0, 2, 3, 4]);
    }

    #[test]
    fn images_wait_for_an_extra_vote_everywhere_but_among_the_fresh() {
        assert_eq!(Lane::waiting().map(Lane::number).collect::<Vec<_>>(), [0, 2, 3, 4]);
    }
}
