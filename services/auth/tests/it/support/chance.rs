//! Whether times tell two things apart.

use std::time::Duration;

/// The chance that one of the first takes less time than one of the second (the statistic of Mann and Whitney): a half
/// where time tells nothing. It goes by ranks, so that a try that takes a hundred times as long is one try.
pub(crate) fn chance_of_less(first: &[Duration], second: &[Duration]) -> f64 {
    let mut second = second.to_vec();
    second.sort_unstable();
    let greater = |one: &Duration| second.len() - second.partition_point(|other| other <= one);
    let pairs: usize = first.iter().map(greater).sum();
    pairs as f64 / (first.len() * second.len()) as f64
}
