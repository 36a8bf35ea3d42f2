//! Probabilities of labels, a row of them for each item.

/// Probabilities nearer to each other than this are equal: adding up in another order makes no difference.
pub(crate) const EQUAL: f64 = 1e-9;

/// The most probable label of each item; of equally probable ones the one with the most votes in the whole set, `given`
/// by label, and of those the first.
pub(crate) fn most_probable(probabilities: &[f64], given: &[u32]) -> Vec<u16> {
    let label = |row: &[f64]| {
        let least = row[largest(row)] - EQUAL;
        let tied = (0..row.len()).filter(|&label| row[label] >= least);
        // The last of the greatest is taken, so they are gone through from behind.
        tied.rev().max_by_key(|&label| given[label]).and_then(|label| u16::try_from(label).ok()).unwrap_or(u16::MAX)
    };
    probabilities.chunks_exact(given.len()).map(label).collect()
}

/// The position of the largest value; of equal ones the first.
pub(crate) fn largest(row: &[f64]) -> usize {
    let mut best = 0;
    for (position, &value) in row.iter().enumerate() {
        if value > row[best] {
            best = position;
        }
    }
    best
}

/// Scales a row to sum 1; a row without any weight becomes even.
pub(crate) fn normalise(row: &mut [f64]) {
    let sum: f64 = row.iter().sum();
    if sum > 0.0 && sum.is_finite() {
        row.iter_mut().for_each(|value| *value /= sum);
    } else {
        let even = 1.0 / row.len() as f64;
        row.fill(even);
    }
}
