//! Whether probabilities keep their word.

/// How well confidences match what came true.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Expected calibration error: the mean distance of confidence and accuracy over bins, 0 to 1.
    pub error: f64,
    /// The standard error of `error` if the confidences were right: what chance alone explains.
    pub standard_error: f64,
    /// The bins, the least confident first.
    pub bins: Vec<Bin>,
}

/// Items of like confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// How many items.
    pub items: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share of them that is right; of equally confident items that fall into several bins each counts as right as
    /// all of them are on average.
    pub accuracy: f64,
}

/// Sorts judgements (confidence, right or not) by confidence into bins of equal size, as far as that goes, and
/// compares. Guo et al. 2017, "On calibration of modern neural networks"; equal masses after Nixon et al. 2019.
///
/// The border of a bin may run through equal confidences. Nothing tells these apart, so each counts as right as they
/// are on average, and the order in which judgements are given changes nothing.
#[must_use]
pub fn calibration(judgements: &[(f64, bool)], bins: usize) -> Calibration {
    let sorted = shared(judgements);
    let total = sorted.len();
    let mut answer = Calibration { error: 0.0, standard_error: 0.0, bins: Vec::new() };
    let mut variance = 0.0;
    for bin in 0..bins.max(1) {
        let members = &sorted[bin * total / bins.max(1)..(bin + 1) * total / bins.max(1)];
        if members.is_empty() {
            continue;
        }
        let size = members.len() as f64;
        let confidence = members.iter().map(|(confidence, _)| confidence).sum::<f64>() / size;
        let accuracy = members.iter().map(|(_, right)| right).sum::<f64>() / size;
        let share = size / total as f64;
        answer.error += share * (confidence - accuracy).abs();
        // The distance of a bin has about the standard deviation of its accuracy.
        variance += share * share * (accuracy * (1.0 - accuracy)).max(confidence * (1.0 - confidence)) / size;
        answer.bins.push(Bin { items: members.len(), confidence, accuracy });
    }
    answer.standard_error = variance.sqrt();
    answer
}

/// Sorts judgements by confidence, and gives each the share of those of its confidence that are right.
fn shared(judgements: &[(f64, bool)]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<(f64, f64)> =
        judgements.iter().map(|&(confidence, right)| (confidence, f64::from(u8::from(right)))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    for equal in sorted.chunk_by_mut(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let share = equal.iter().map(|(_, right)| right).sum::<f64>() / equal.len() as f64;
        equal.iter_mut().for_each(|(_, right)| *right = share);
    }
    sorted
}

/// The mean of -ln p over the probabilities given to what came true, each at least `floor` so that a single certainty
/// gone wrong does not make it infinite.
#[must_use]
pub fn log_loss(probabilities_of_truth: &[f64], floor: f64) -> f64 {
    let sum: f64 = probabilities_of_truth.iter().map(|probability| -probability.max(floor).ln()).sum();
    sum / probabilities_of_truth.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_judgements_changes_nothing() {
        // Confidences of tenths, right three times of four: bins of seven end within equal ones.
        let mut judgements: Vec<(f64, bool)> =
            (0..70).map(|number| (f64::from(number / 8) / 10.0, number % 4 != 0)).collect();
        let before = calibration(&judgements, 10);
        judgements.reverse();
        assert_eq!(calibration(&judgements, 10), before);
        judgements.sort_by_key(|&(_, right)| right);
        assert_eq!(calibration(&judgements, 10), before);
    }

    #[test]
    fn equal_confidences_are_one_bin_however_many_they_fall_into() {
        let judgements: Vec<(f64, bool)> = (0..40).map(|number| (0.75, number < 30)).collect();
        assert!(calibration(&judgements, 10).error < 1e-12);
    }
}
