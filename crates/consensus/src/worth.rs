//! What a further vote on an image is worth.

/// How much a further vote of a usual voter would tell about an image with these probabilities: 0 (nothing, its label is
/// certain) to 1 (as much as about an image of which nothing is known). `accuracy` is the usual voter's, from chance to
/// 1; errors are taken to be even.
///
/// It is the mutual information of truth and vote (Lindley 1956, "On a measure of the information provided by an
/// experiment") by its largest value. Expected gain in accuracy would be nothing for most images, because one vote
/// seldom changes a label.
#[must_use]
pub fn worth(probabilities: &[f64], accuracy: f64) -> f64 {
    let k = probabilities.len() as f64;
    let (right, wrong) = (accuracy.clamp(0.0, 1.0), (1.0 - accuracy.clamp(0.0, 1.0)) / (k - 1.0).max(1.0));
    let entropy = |probability: f64| if probability > 0.0 { -probability * probability.ln() } else { 0.0 };
    let known = entropy(right) + (k - 1.0) * entropy(wrong);
    let told = probabilities.iter().map(|p| entropy(p * right + (1.0 - p) * wrong)).sum::<f64>() - known;
    let most = k.ln() - known;
    if most > 1e-9 { (told / most).clamp(0.0, 1.0) } else { 0.0 }
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
        assert!((worth(&[0.5, 0.5], 0.8) - 1.0).abs() < 1e-9);
        assert!(worth(&[1.0, 0.0], 0.8).abs() < 1e-9);
        let worths: Vec<f64> = [0.5, 0.6, 0.8, 0.95, 0.999].iter().map(|p| worth(&[*p, 1.0 - p], 0.8)).collect();
        assert!(worths.is_sorted_by(|a, b| a > b), "{worths:?}");
        // Two labels of ten in doubt are less than ten.
        let mut two = [0.0; 10];
        two[..2].fill(0.5);
        assert!(worth(&two, 0.8) < worth(&[0.1; 10], 0.8));
        // Who guesses tells nothing, and one label leaves nothing to tell.
        assert_eq!((worth(&[0.5, 0.5], 0.5), worth(&[1.0], 0.9)), (0.0, 0.0));
    }

    #[test]
    fn lanes_are_served_by_worth() {
        assert_eq!([1.0, 0.76, 0.75, 0.5, 0.1, 0.0].map(|worth| lane(worth, 4)), [0, 0, 1, 2, 3, 3]);
        assert_eq!((lane(0.3, 1), lane(0.3, 0), lane(f64::INFINITY, 3)), (0, 0, 0));
    }
}
