//! One answer of several crowds that rest on different assumptions.
//!
//! Which assumption holds can't be told from the votes: what explains them best may be a mistake that people share. So
//! none is chosen, and none is believed wholly: the crowds and the plain shares of the votes, which no assumption can
//! lead far away, have one voice each. In a logarithmic pool (Genest and Zidek 1986, "Combining probability
//! distributions") who is sure is heard, but nobody alone makes anything certain.

use crate::Reliability;
use crate::crowd::Crowd;
use crate::probabilities::{first_belief, normalise};

/// No crowd is believed to hold a label for less probable than this.
const NEVER: f64 = 1e-9;

/// Pools what crowds say of an item (the probabilities of its labels) with the shares of its votes.
pub(crate) fn blend<'a>(
    opinions: impl ExactSizeIterator<Item = &'a [f64]>,
    votes: impl Iterator<Item = (usize, usize)>,
    blended: &mut [f64],
) {
    let voice = 1.0 / (opinions.len() + 1) as f64;
    first_belief(blended, votes);
    blended.iter_mut().for_each(|share| *share = voice * share.ln());
    for opinion in opinions {
        blended.iter_mut().zip(opinion).for_each(|(sum, probability)| *sum += voice * probability.max(NEVER).ln());
    }
    let most = blended.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    blended.iter_mut().for_each(|value| *value = (*value - most).exp());
    normalise(blended);
}

/// How far an operator can be relied on: what the crowds say on average.
pub(crate) fn reliability<'a>(crowds: impl Iterator<Item = &'a Crowd>, operator: usize) -> Reliability {
    let (mut sum, mut number) = (Reliability { votes: 0, accuracy: 0.0, standard_error: 0.0 }, 0.0);
    for known in crowds.map(|crowd| crowd.reliability(operator)) {
        sum.votes = known.votes;
        sum.accuracy += known.accuracy;
        sum.standard_error += known.standard_error;
        number += 1.0;
    }
    Reliability { accuracy: sum.accuracy / number, standard_error: sum.standard_error / number, ..sum }
}
