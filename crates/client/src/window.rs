//! Counting over the last ten seconds.

use std::time::Duration;

use tokio::time::Instant;

const BUCKETS: usize = 10;
const BUCKET: Duration = Duration::from_secs(1);

/// `N` counts over the last ten seconds. They are kept in ten buckets, of which the oldest is forgotten each second, so
/// that the window slides instead of starting from nothing every ten seconds.
pub(crate) struct Window<const N: usize> {
    buckets: [[u32; N]; BUCKETS],
    newest: usize,
    /// When the newest bucket began.
    began: Instant,
}

impl<const N: usize> Window<N> {
    pub(crate) fn new(now: Instant) -> Self {
        Self { buckets: [[0; N]; BUCKETS], newest: 0, began: now }
    }

    /// Adds to the counts, and returns what they come to.
    pub(crate) fn add(&mut self, now: Instant, counts: [u32; N]) -> [u32; N] {
        self.slide(now);
        for (sum, count) in self.buckets[self.newest].iter_mut().zip(counts) {
            *sum += count;
        }
        std::array::from_fn(|which| self.buckets.iter().map(|bucket| bucket[which]).sum())
    }

    fn slide(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.began).as_secs();
        for _ in 0..passed.min(BUCKETS as u64) {
            self.newest = (self.newest + 1) % BUCKETS;
            self.buckets[self.newest] = [0; N];
        }
        self.began += BUCKET.saturating_mul(u32::try_from(passed).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ten_seconds_old_is_forgotten_bucket_by_bucket() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let mut window = Window::new(began);
        for second in 0..10 {
            assert_eq!(window.add(at(second * 1000 + 500), [1, 2]), [second as u32 + 1, 2 * (second as u32 + 1)]);
        }
        assert_eq!(window.add(at(9_999), [0, 0]), [10, 20]);
        assert_eq!(window.add(at(10_000), [0, 0]), [9, 18]);
        assert_eq!(window.add(at(14_200), [1, 0]), [6, 10]);
        assert_eq!(window.add(at(86_400_000), [1, 0]), [1, 0]);
    }
}
