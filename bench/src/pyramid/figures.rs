//! Response times in figures.

use serde::Serialize;

/// How long so many iterations took.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Times {
    pub(super) iterations: usize,
    pub(super) median_ms: f64,
    /// Which 95 of 100 did not exceed.
    pub(super) p95_ms: f64,
}

impl Times {
    /// Of iterations that took so many seconds; all 0 where there are none.
    pub(super) fn of(seconds: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = seconds.collect();
        sorted.sort_by(f64::total_cmp);
        Self {
            iterations: sorted.len(),
            median_ms: quantile(&sorted, 0.5) * 1_000.0,
            p95_ms: quantile(&sorted, 0.95) * 1_000.0,
        }
    }
}

/// The value that a share of sorted ones does not exceed.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let times = Times::of([0.003, 0.001, 0.002].into_iter());
        assert_eq!((times.iterations, times.median_ms, times.p95_ms), (3, 2.0, 3.0));
        assert_eq!(Times::of(std::iter::empty()).iterations, 0);
    }
}
