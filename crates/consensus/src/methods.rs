//! The methods: ways from votes to labels.

mod auto;
mod dawid_skene;
mod glad;
mod mace;
mod one_coin;
mod shares;
mod weighted;

use crate::{Estimate, Known, Size, VoteTable};

/// A way from votes to labels. Cost is per sweep over V votes with K labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Take this one: it learns how reliable operators are as far as the votes can tell, is hardly ever worse than
    /// counting, and says honestly how sure it is. Dawid-Skene in three levels, once centred and once with easy and
    /// hard items; see the README. O(V K), up to 20 sweeps for each of the two models.
    Auto,
    /// The label with the most votes; shares of votes as probabilities. Where operators are alike, or nothing but
    /// counting can be explained. O(V), one sweep.
    Plurality,
    /// Worker agreement with aggregate: votes weigh as much as their operators agree with the plurality (crowd-kit).
    /// A cheap improvement where some operators are careless. O(V), two sweeps.
    Wawa,
    /// Zero-based skills: the same with weights that follow the weighted result in shrinking steps (crowd-kit).
    /// O(V), 101 sweeps.
    Zbs,
    /// Dawid and Skene 1979, "Maximum likelihood estimation of observer error-rates using the EM algorithm": a
    /// confusion matrix for each operator. With about K^2 votes or more from each. O(V K), up to 100 sweeps; K^2
    /// numbers of memory an operator.
    DawidSkene,
    /// The same with a single probability of being right for each operator (Zhang et al. 2014, "Spectral methods meet
    /// EM"). With few votes from each and no label that is harder than another; where operators share a mistake it can
    /// be worse than plurality. O(V), up to 100 sweeps.
    OneCoin,
    /// Whitehill et al. 2009, "Whose vote should count more": ability of operators and difficulty of items. When
    /// difficulty is asked for. O(V), about 270 sweeps with exponentials.
    Glad,
    /// Hovy et al. 2013, "Learning whom to trust with MACE": operators know or answer by habit. Against spammers.
    /// Seeded restarts; O(V K), 510 sweeps.
    Mace,
}

/// A name that is no method's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownMethod(pub String);

impl std::fmt::Display for UnknownMethod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no method '{}'; there are ", self.0)?;
        for (position, method) in Method::ALL.iter().enumerate() {
            write!(f, "{}{}", if position == 0 { "" } else { ", " }, method.name())?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownMethod {}

impl Method {
    /// All methods, the default one first.
    pub const ALL: [Self; 8] =
        [Self::Auto, Self::Plurality, Self::Wawa, Self::Zbs, Self::DawidSkene, Self::OneCoin, Self::Glad, Self::Mace];

    /// The name by which it is asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Plurality => "plurality",
            Self::Wawa => "wawa",
            Self::Zbs => "zbs",
            Self::DawidSkene => "dawid-skene",
            Self::OneCoin => "one-coin",
            Self::Glad => "glad",
            Self::Mace => "mace",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::Auto => "the default: learns how reliable operators are, and is not worse than counting",
            Self::Plurality => "the label with the most votes",
            Self::Wawa => "votes weighed by agreement with the plurality",
            Self::Zbs => "votes weighed by agreement with the weighted result",
            Self::DawidSkene => "a confusion matrix for each operator",
            Self::OneCoin => "one probability of being right for each operator",
            Self::Glad => "ability of operators and difficulty of items",
            Self::Mace => "operators know the answer or follow a habit",
        }
    }

    /// About how many bytes [`estimate`](Self::estimate) takes beside the votes. Ask this first where strangers choose
    /// the size.
    #[must_use]
    pub fn bytes(self, size: &Size) -> u64 {
        let [items, votes, operators, k] = [size.items, size.votes, size.operators, size.classes].map(u128::from);
        // Rows may be filled up to whole registers.
        let (labels, square) = (items * (k + 3), k * (k + 3));
        let numbers = match self {
            // Two models, one of them with two kinds of items; only who has K^2 / 4 votes has a matrix. Most is in
            // single precision.
            Self::Auto => {
                let matrices = 6 + 3 * operators.min(4 * votes / (k * k).max(1)) / 2;
                5 * labels / 2 + 11 * operators + square * matrices
            }
            Self::Plurality => labels + 3 * operators,
            Self::Wawa | Self::Zbs | Self::OneCoin => 2 * labels + 5 * operators,
            Self::Glad => 3 * labels + 6 * operators,
            Self::Mace => 2 * labels + (3 * k + 7) * operators,
            Self::DawidSkene => 2 * labels + votes + 3 * square * operators,
        };
        u64::try_from(8 * numbers).unwrap_or(u64::MAX)
    }

    /// Finds the labels. The same votes and seed always give the same answer; only `Mace` looks at the seed.
    #[must_use]
    pub fn estimate(self, table: &VoteTable, seed: u64) -> Estimate {
        self.estimate_with(table, &[], seed)
    }

    /// The same where labels of some items are `known`, sorted by item. Only `Auto` looks at them: it learns from them
    /// what votes alone can't tell, and gives these items their labels.
    #[must_use]
    pub fn estimate_with(self, table: &VoteTable, known: &[Known], seed: u64) -> Estimate {
        match self {
            Self::Auto => auto::auto(table, known),
            Self::Plurality => shares::plurality_shares(table),
            Self::Wawa => weighted::wawa(table),
            Self::Zbs => weighted::zbs(table),
            Self::DawidSkene => dawid_skene::dawid_skene(table),
            Self::OneCoin => one_coin::one_coin(table),
            Self::Glad => glad::glad(table),
            Self::Mace => mace::mace(table, seed),
        }
    }
}

impl std::str::FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|method| method.name() == name).ok_or_else(|| UnknownMethod(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dawid_skene_grows_with_each_operators_square_of_labels() {
        let few = Size { items: 1_000, votes: 3_000, operators: 1_000, classes: 1_000 };
        assert!(Method::DawidSkene.bytes(&few) > 20_000_000_000);
        assert!(
            Method::ALL.iter().filter(|&&method| method != Method::DawidSkene).all(|m| m.bytes(&few) < 100_000_000)
        );
        let most = Size { items: u64::MAX, votes: u64::MAX, operators: u64::MAX, classes: 65_536 };
        assert_eq!(Method::DawidSkene.bytes(&most), u64::MAX);
    }

    #[test]
    fn ten_million_votes_take_about_what_was_measured() {
        let size = Size { items: 2_000_000, votes: 10_000_000, operators: 20_000, classes: 4 };
        // 408 MiB was the most of a process that had 120 MiB of votes.
        assert!((250_000_000..400_000_000).contains(&Method::Auto.bytes(&size)), "{}", Method::Auto.bytes(&size));
    }
}
