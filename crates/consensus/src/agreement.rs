//! How far operators agree, whoever is right.

use crate::VoteTable;

/// Agreement over a whole set, by operator and by label. A value is `None` where there is nothing to compare.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Krippendorff's alpha for unordered labels: 1 is perfect, 0 is chance.
    pub krippendorff_alpha: Option<f64>,
    /// Fleiss' kappa, generalised to items with unlike numbers of votes: 1 is perfect, 0 is chance.
    pub fleiss_kappa: Option<f64>,
    /// For each operator the share of others' votes on the same items that are the same.
    pub by_operator: Vec<Option<f64>>,
    /// For each label the chance that a second vote on an item agrees if one vote gave this label.
    pub by_label: Vec<Option<f64>>,
}

/// Compares all votes with all others on the same item. Items with fewer than two votes say nothing. One sweep.
///
/// Krippendorff 2004, "Content analysis", chapter 11; Fleiss 1971, "Measuring nominal scale agreement among many
/// raters".
#[must_use]
pub fn agreement(table: &VoteTable) -> Agreement {
    let mut sums = Sums::new(table);
    let mut counts = vec![0u32; table.classes()];
    for item in (0..table.items()).filter(|&item| table.votes_of_item(item) >= 2) {
        counts.fill(0);
        table.of_item(item).for_each(|(_, label)| counts[label] += 1);
        sums.add(table, item, &counts);
    }
    sums.finish()
}

struct Sums {
    items: f64,
    votes: f64,
    /// Votes by label.
    given: Vec<f64>,
    /// Agreeing ordered pairs by label, each worth 1 / (votes of its item - 1).
    agreeing: Vec<f64>,
    /// The sum of the items' shares of agreeing pairs.
    shares: f64,
    /// Others' votes that are the same, and all of them, by operator.
    operators: Vec<(f64, f64)>,
}

impl Sums {
    fn new(table: &VoteTable) -> Self {
        Self {
            items: 0.0,
            votes: 0.0,
            given: vec![0.0; table.classes()],
            agreeing: vec![0.0; table.classes()],
            shares: 0.0,
            operators: vec![(0.0, 0.0); table.operators()],
        }
    }

    fn add(&mut self, table: &VoteTable, item: usize, counts: &[u32]) {
        let votes = table.votes_of_item(item) as f64;
        let mut pairs = 0.0;
        for (label, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
            let count = f64::from(count);
            self.given[label] += count;
            self.agreeing[label] += count * (count - 1.0) / (votes - 1.0);
            pairs += count * (count - 1.0);
        }
        self.items += 1.0;
        self.votes += votes;
        self.shares += pairs / (votes * (votes - 1.0));
        for (operator, label) in table.of_item(item) {
            self.operators[operator].0 += f64::from(counts[label] - 1);
            self.operators[operator].1 += votes - 1.0;
        }
    }

    fn finish(self) -> Agreement {
        let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        let observed: f64 = self.votes - self.agreeing.iter().sum::<f64>();
        let same: f64 = self.given.iter().map(|given| given * given).sum();
        let expected = (self.votes * self.votes - same) / (self.votes - 1.0);
        let chance = same / (self.votes * self.votes);
        Agreement {
            krippendorff_alpha: (self.votes > 0.0 && expected > 0.0).then(|| 1.0 - observed / expected),
            fleiss_kappa: (self.items > 0.0 && chance < 1.0)
                .then(|| (self.shares / self.items - chance) / (1.0 - chance)),
            by_operator: self.operators.iter().map(|&(same, all)| ratio(same, all)).collect(),
            by_label: self.agreeing.iter().zip(&self.given).map(|(&same, &all)| ratio(same, all)).collect(),
        }
    }
}
