//! The lowest quality at which an encoder keeps a promise, in few tries.

use super::Written;
use crate::Format;

/// No score rises more slowly with the quality for long: steps stay bounded.
const LEAST_SLOPE: f64 = 0.2;

/// What was found.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    pub(super) score: f64,
}

/// A quality, and the score that it has.
type Sample = (f64, f64);

/// A search for one encoder. The score rises with the quality, nearly as a straight line between two tries that are
/// near each other.
pub(super) struct Search {
    format: Written,
    target: f64,
    /// The highest quality that was too low, and the lowest that was not.
    below: Option<Sample>,
    above: Option<Sample>,
    last: Option<Sample>,
    quality: u8,
    found: Option<Found>,
    /// How many bytes are expected where the promise is just kept.
    expected: f64,
}

impl Search {
    pub(super) fn new(format: Written, target: f64) -> Self {
        let (_, slope) = typical(format);
        let mut search = Self {
            format,
            target,
            below: None,
            above: None,
            last: None,
            quality: 0,
            found: None,
            expected: f64::INFINITY,
        };
        let (at, score) = typical(format).0;
        search.quality = search.within(at + (target - score) / slope);
        search
    }

    pub(super) fn format(&self) -> Written {
        self.format
    }

    /// What to try next.
    pub(super) fn quality(&self) -> u8 {
        self.quality
    }

    /// Notes what came of it, and says what is next. The last try aims a little higher: what falls short is of no use.
    pub(super) fn note(&mut self, bytes: Vec<u8>, score: f64, left: u32) {
        let sample = (f64::from(self.quality), score);
        // A point of the score is some 5 per cent of the bytes.
        self.expected = bytes.len() as f64 * (0.05 * (self.target - score)).exp();
        if score >= self.target {
            self.above = Some(sample);
            if self.found.as_ref().is_none_or(|found| bytes.len() < found.bytes.len()) {
                self.found = Some(Found { bytes, score });
            }
        } else {
            self.below = Some(sample);
        }
        // As steep as between the last two tries, or as pictures in general.
        let slope = match self.last.replace(sample) {
            Some((quality, before)) => ((score - before) / (sample.0 - quality)).max(LEAST_SLOPE),
            None => typical(self.format).1,
        };
        let next = match (self.below, self.above) {
            (Some((low, worse)), Some((high, better))) => {
                let between = (self.target - worse) / (better - worse).max(f64::EPSILON) * (high - low);
                low + between + if left == 1 { 1.0 } else { 0.0 }
            }
            (Some((low, worse)), None) => low + (self.target - worse) / slope + 1.0,
            (None, Some((high, better))) => high - (better - self.target) / slope,
            (None, None) => return,
        };
        self.quality = self.within(next);
    }

    /// A whole quality between those that were tried.
    fn within(&self, quality: f64) -> u8 {
        let least = self.below.map_or(1.0, |(low, _)| low + 1.0);
        let most = self.above.map_or(100.0, |(high, _)| high - 1.0);
        quality.ceil().min(most).max(least) as u8
    }

    /// Whether the lowest quality is known.
    pub(super) fn is_done(&self) -> bool {
        let low = self.below.map_or(0.0, |(low, _)| low);
        let high = self.above.map_or(101.0, |(high, _)| high);
        high - low <= 1.0
    }

    pub(super) fn expected(&self) -> f64 {
        self.expected
    }

    pub(super) fn best(self) -> Option<Found> {
        self.found
    }
}

/// A quality with the score that photos have there, and how much the score rises for each step: measured over 16 photos
/// with mozjpeg, libwebp and rav1e.
fn typical(format: Written) -> (Sample, f64) {
    match format {
        Written::Avif => ((70.0, 77.8), 0.53),
        Written::Read(Format::Jpeg) => ((75.0, 75.1), 0.56),
        Written::Read(Format::Png | Format::Gif | Format::Webp) => ((80.0, 74.7), 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quality that is found for a promise by an encoder whose score is this.
    fn found(target: f64, score: impl Fn(f64) -> f64) -> Option<(u8, u32)> {
        let mut search = Search::new(Written::Read(Format::Jpeg), target);
        for tries in 1..=4 {
            let quality = search.quality;
            search.note(vec![0; usize::from(quality) * 100], score(quality.into()), 4 - tries);
            if search.is_done() || tries == 4 {
                return search.best().map(|found| ((found.bytes.len() / 100) as u8, tries));
            }
        }
        None
    }

    #[test]
    fn four_tries_come_within_two_of_the_lowest_quality() {
        // Lines of several heights and slopes, and one that bends.
        for height in [-12.0, -4.0, 0.0, 6.0] {
            for slope in [0.4, 0.56, 0.8, 1.0] {
                for target in [60.0, 75.0, 85.0] {
                    let score =
                        |quality: f64| 75.0 + height + (quality - 75.0) * slope + (quality - 75.0).powi(2) / 300.0;
                    let lowest = (1..=100_u8).find(|quality| score((*quality).into()) >= target);
                    let (Some(lowest), Some((quality, _))) = (lowest, found(target, score)) else { continue };
                    assert!(
                        quality >= lowest && quality - lowest <= 2,
                        "{quality} for {lowest}: {height} {slope} {target}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_no_quality_keeps_is_not_found() {
        assert_eq!(found(90.0, |quality| quality / 2.0), None);
    }
}
