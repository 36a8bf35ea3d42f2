//! Whether an operator may go on, judged by images whose label is known.

/// The evidence (a logarithm of odds) at which somebody is paused.
const PAUSED_FROM: f64 = 3.6;
/// The evidence at which somebody is qualified: 20 to 1.
const QUALIFIED_FROM: f64 = 3.0;
/// Nobody is paused for fewer answers: three slips at the beginning happen to good people too.
const LEAST_ANSWERS: u32 = 10;
/// How often somebody errs who clearly meets the bar, and who clearly misses it, as multiples of what is allowed.
const GOOD_ERRORS: f64 = 1.0 / 3.0;
const BAD_ERRORS: f64 = 5.0 / 3.0;
/// Nobody is taken to err more often than this.
const MOST_ERRORS: f64 = 0.95;

/// The accuracy asked of operators: Wald's sequential probability ratio test (Wald 1945, "Sequential tests of
/// statistical hypotheses") of somebody who errs a third as often as allowed against somebody who errs five thirds as
/// often. With the default accuracy of 0.7 these are an operator who is right nine times of ten and one who tosses a
/// coin.
///
/// Of those who are right nine times of ten 0.7 % are paused at any time in 200 gold images. Of those who toss a coin
/// 95 % are paused within 20, 99 % within 30. At the bar itself the test has no opinion of its own: sooner or later
/// most are paused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// What a right answer tells for qualification, and a wrong one against it.
    right: f64,
    wrong: f64,
}

/// An accuracy that nobody or everybody meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfitBar;

impl std::fmt::Display for UnfitBar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the accuracy asked must be between 0 and 1, both excluded")
    }
}

impl std::error::Error for UnfitBar {}

/// Where an operator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Too few answers to tell.
    Unknown,
    /// Meets the bar.
    Qualified,
    /// The operator misses the bar, and should be handed nothing more.
    Paused,
}

impl Default for Bar {
    /// Seven right answers of ten.
    fn default() -> Self {
        Self::asking(0.7)
    }
}

impl Bar {
    /// Asks for this share of right answers.
    ///
    /// # Errors
    /// If `min_accuracy` is not between 0 and 1, both excluded.
    pub fn new(min_accuracy: f64) -> Result<Self, UnfitBar> {
        if min_accuracy > 0.0 && min_accuracy < 1.0 { Ok(Self::asking(min_accuracy)) } else { Err(UnfitBar) }
    }

    fn asking(min_accuracy: f64) -> Self {
        let allowed = 1.0 - min_accuracy;
        let (good, bad) = (allowed * GOOD_ERRORS, f64::min(allowed * BAD_ERRORS, MOST_ERRORS));
        Self { right: ((1.0 - good) / (1.0 - bad)).ln(), wrong: (bad / good).ln() }
    }

    /// Where somebody stands after this many right and wrong answers. Given all answers it forgives more and more to
    /// those who were long good; given the last hundred it notices one who became careless.
    #[must_use]
    pub fn standing(&self, right: u32, wrong: u32) -> Standing {
        let for_it = f64::from(right) * self.right - f64::from(wrong) * self.wrong;
        if for_it <= -PAUSED_FROM && right.saturating_add(wrong) >= LEAST_ANSWERS {
            Standing::Paused
        } else if for_it >= QUALIFIED_FROM {
            Standing::Qualified
        } else {
            Standing::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exact probability that somebody of this accuracy is paused at some time within this many gold images.
    fn paused(bar: Bar, accuracy: f64, images: usize) -> f64 {
        // The probability of each number of wrong answers, not having been paused.
        let mut by_wrong = vec![0.0; images + 1];
        by_wrong[0] = 1.0;
        let mut paused = 0.0;
        for answered in 1..=images {
            for wrong in (0..=answered).rev() {
                let before = if wrong == 0 { 0.0 } else { by_wrong[wrong - 1] };
                let there = by_wrong[wrong] * accuracy + before * (1.0 - accuracy);
                let numbers = ((answered - wrong) as u32, wrong as u32);
                let out = bar.standing(numbers.0, numbers.1) == Standing::Paused;
                by_wrong[wrong] = if out { 0.0 } else { there };
                paused += if out { there } else { 0.0 };
            }
        }
        paused
    }

    #[test]
    fn a_good_operator_is_hardly_ever_paused_and_one_who_answers_at_random_soon() {
        let bar = Bar::default();
        let (good, random) = (paused(bar, 0.9, 200), paused(bar, 0.5, 20));
        assert!((0.007..0.008).contains(&good), "{good}");
        assert!((0.95..0.96).contains(&random), "{random}");
        assert!(paused(bar, 0.5, 30) > 0.985);
        assert!(paused(bar, 0.95, 200) < 0.001);
        // The more labels, the worse are those who guess.
        assert!(paused(bar, 0.25, 20) > 0.9999);
    }

    #[test]
    fn a_higher_bar_pauses_more() {
        let paused_at = |bar: f64| paused(Bar::new(bar).expect("fit"), 0.75, 100);
        assert!(paused_at(0.6) < paused_at(0.7));
        assert!(paused_at(0.7) < paused_at(0.9));
        for bar in [0.05, 0.3, 0.5, 0.8, 0.95] {
            let good = 1.0 - (1.0 - bar) / 3.0;
            assert!(paused(Bar::new(bar).expect("fit"), good, 200) < 0.03, "{bar}");
        }
    }

    #[test]
    fn standing_begins_unknown_and_follows_the_answers() {
        let bar = Bar::default();
        assert_eq!(bar.standing(0, 0), Standing::Unknown);
        assert_eq!(bar.standing(5, 0), Standing::Unknown);
        assert_eq!(bar.standing(6, 0), Standing::Qualified);
        assert_eq!(bar.standing(6, 1), Standing::Unknown);
        assert_eq!(bar.standing(0, 9), Standing::Unknown);
        assert_eq!(bar.standing(0, 10), Standing::Paused);
        assert_eq!(bar.standing(5, 5), Standing::Paused);
        // Long good, then careless: all answers forgive it, the last hundred do not.
        assert_eq!(bar.standing(400, 50), Standing::Qualified);
        assert_eq!(bar.standing(60, 40), Standing::Paused);
        assert_eq!(bar.standing(u32::MAX, u32::MAX), Standing::Paused);
    }

    #[test]
    fn an_accuracy_that_all_or_none_meet_is_no_bar() {
        for bar in [f64::NAN, -1.0, 0.0, 1.0, 2.0] {
            assert_eq!(Bar::new(bar), Err(UnfitBar));
        }
    }
}
