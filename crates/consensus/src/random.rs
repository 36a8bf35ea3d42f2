//! A small seeded generator: the same numbers for the same seed, on every machine and with every release.

/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"). Not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix(u64);

impl SplitMix {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly from 0 to `below`, itself excluded; `below` is at least 1.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        // The bias of this (2^-40 for a million) is of no matter to simulations.
        ((u128::from(self.next_u64()) * below as u128) >> 64) as usize
    }
}
