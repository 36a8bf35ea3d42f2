//! The figures, and whether they are flat.

use std::fmt;

use serde::Serialize;

/// The worst median may be so many times the best.
const WIDEST: f64 = 3.0;
/// What counts as growth from 100,000 to 1,000,000 open images: more than noise makes of equal times.
const GROWTH: f64 = 1.3;
/// Differences below this are noise whatever their ratio, in milliseconds.
const NOISE_MS: f64 = 0.5;
/// The sizes between which there must be no growth.
const LARGE: [i64; 2] = [100_000, 1_000_000];

/// One combination.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) open: i64,
    pub(super) votes: i64,
    pub(super) at_once: usize,
    pub(super) median_ms: f64,
    pub(super) p95_ms: f64,
    pub(super) calls_per_second: f64,
    pub(super) buffers_per_call: f64,
}

/// All of them.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    rows: Vec<Row>,
}

impl Report {
    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Whether the cost depends on the size no more than it may.
    pub(super) fn is_flat(&self) -> bool {
        self.spread().is_none_or(|spread| spread <= WIDEST) && self.grown().is_empty()
    }

    /// The worst median by the best.
    fn spread(&self) -> Option<f64> {
        let medians = || self.rows.iter().map(|row| row.median_ms);
        Some(medians().reduce(f64::max)? / medians().reduce(f64::min)?)
    }

    /// The combinations that cost more in the largest task than in a large one.
    fn grown(&self) -> Vec<&Row> {
        let grown = |row: &&Row| {
            let same =
                |other: &&Row| other.open == LARGE[0] && (other.votes, other.at_once) == (row.votes, row.at_once);
            row.open == LARGE[1]
                && self.rows.iter().find(same).is_some_and(|smaller| {
                    row.median_ms > smaller.median_ms * GROWTH && row.median_ms > smaller.median_ms + NOISE_MS
                })
        };
        self.rows.iter().filter(grown).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:>10} {:>10} {:>8} {:>10} {:>8} {:>8} {:>8}",
            "open", "own votes", "at once", "median ms", "p95 ms", "calls/s", "buffers"
        )?;
        for row in &self.rows {
            writeln!(
                f,
                "{:>10} {:>10} {:>8} {:>10.2} {:>8.2} {:>8.0} {:>8.0}",
                row.open, row.votes, row.at_once, row.median_ms, row.p95_ms, row.calls_per_second, row.buffers_per_call
            )?;
        }
        let spread = self.spread().unwrap_or(1.0);
        writeln!(f, "the worst median is {spread:.1} times the best ({WIDEST} are allowed)")?;
        for row in self.grown() {
            writeln!(f, "it grows to {} open images with {} own votes, {} at once", row.open, row.votes, row.at_once)?;
        }
        writeln!(f, "{}", if self.is_flat() { "flat" } else { "NOT FLAT" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(open: i64, median_ms: f64) -> Row {
        Row { open, votes: 0, at_once: 1, median_ms, p95_ms: 0.0, calls_per_second: 0.0, buffers_per_call: 0.0 }
    }

    #[test]
    fn growth_between_large_tasks_and_a_wide_spread_are_found() {
        let report = |medians: [f64; 3]| Report {
            rows: [1_000, 100_000, 1_000_000]
                .into_iter()
                .zip(medians)
                .map(|(open, median)| row(open, median))
                .collect(),
        };
        assert!(report([1.0, 2.5, 2.6]).is_flat());
        assert!(!report([1.0, 2.0, 2.9]).is_flat());
        assert!(!report([1.0, 3.5, 3.5]).is_flat());
        assert!(report([0.9, 1.0, 1.4]).is_flat());
    }
}
