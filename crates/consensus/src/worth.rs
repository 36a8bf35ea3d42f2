//! What a further vote on an image is worth.

use std::f64::consts::LN_2;

/// How often a usual voter is right: three times of four.
const USUAL_ACCURACY: f64 = 0.75;

/// How much a further vote of a usual voter would tell about whether the most probable label is right, which is what a
/// stop rule asks: 0 (nothing, it is certain) to 1 (as much as where it is as probable as all others together, or
/// less).
///
/// It is the mutual information of truth and vote (Lindley 1956, "On a measure of the information provided by an
/// experiment") by its largest value. Expected gain in accuracy would be nothing for most images, because one vote
/// seldom changes a label. How the doubt is spread over the other labels is left out: doubt between two of ten labels
/// is worth a vote as much as doubt between two of two.
#[must_use]
pub fn worth(confidence: f64) -> f64 {
    let probability = confidence.clamp(0.5, 1.0);
    let agrees = probability * USUAL_ACCURACY + (1.0 - probability) * (1.0 - USUAL_ACCURACY);
    let known = entropy(USUAL_ACCURACY);
    ((entropy(agrees) - known) / (LN_2 - known)).clamp(0.0, 1.0)
}

fn entropy(probability: f64) -> f64 {
    let term = |p: f64| -p * p.ln();
    term(probability) + term(1.0 - probability)
}

/// The lane of a queue for an image of this worth: 0 is served first, `lanes - 1` last.
#[must_use]
pub fn lane(worth: f64, lanes: u8) -> u8 {
    let last = f64::from(lanes.max(1) - 1);
    ((1.0 - worth.clamp(0.0, 1.0)) * f64::from(lanes)).floor().min(last) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_makes_a_vote_worth_most_and_certainty_nothing() {
        assert!((worth(0.5) - 1.0).abs() < 1e-9);
        assert!(worth(1.0).abs() < 1e-9);
        let worths = [0.5, 0.6, 0.8, 0.95, 0.999].map(worth);
        assert!(worths.is_sorted_by(|a, b| a > b), "{worths:?}");
        // The most probable of many labels may be less probable than the others together.
        assert!((worth(0.2) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn lanes_are_served_by_worth() {
        assert_eq!([1.0, 0.76, 0.75, 0.5, 0.1, 0.0].map(|worth| lane(worth, 4)), [0, 0, 1, 2, 3, 3]);
        assert_eq!((lane(0.3, 1), lane(0.3, 0), lane(f64::INFINITY, 3)), (0, 0, 0));
        // A label that is right three times of four, six of seven, fourteen of fifteen.
        assert_eq!(
            [0.75, 0.76, 0.85, 0.87, 0.93, 0.94].map(|confidence| lane(worth(confidence), 4)),
            [0, 1, 1, 2, 2, 3]
        );
    }
}
