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
    /// The share of them that is right.
    pub accuracy: f64,
}

/// Sorts judgements (confidence, right or not) by confidence into bins of equal size, as far as that goes, and
/// compares. Guo et al. 2017, "On calibration of modern neural networks"; equal masses after Nixon et al. 2019.
#[must_use]
pub fn calibration(judgements: &[(f64, bool)], bins: usize) -> Calibration {
    let mut sorted: Vec<(f64, bool)> = judgements.to_vec();
    // Equal confidences must not be told apart by being right.
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
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
        let accuracy = members.iter().filter(|(_, right)| *right).count() as f64 / size;
        let share = size / total as f64;
        answer.error += share * (confidence - accuracy).abs();
        // The distance of a bin has about the standard deviation of its accuracy.
        variance += share * share * (accuracy * (1.0 - accuracy)).max(confidence * (1.0 - confidence)) / size;
        answer.bins.push(Bin { items: members.len(), confidence, accuracy });
    }
    answer.standard_error = variance.sqrt();
    answer
}

/// The mean of -ln p over the probabilities given to what came true, each at least `floor` so that a single certainty
/// gone wrong does not make it infinite.
#[must_use]
pub fn log_loss(probabilities_of_truth: &[f64], floor: f64) -> f64 {
    let sum: f64 = probabilities_of_truth.iter().map(|probability| -probability.max(floor).ln()).sum();
    sum / probabilities_of_truth.len().max(1) as f64
}
