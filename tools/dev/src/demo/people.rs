//! Simulated people who label, some better than others.

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest as _, Sha256};

use super::digits::Fingerprint;

/// The error rate of the best and of the worst of a crew.
const BEST: f64 = 0.03;
const WORST: f64 = 0.35;

/// Whoever errs takes a digit for the one it looks most like as often as for any other.
const LOOKALIKE: [u8; 10] = [6, 7, 3, 8, 9, 6, 0, 1, 3, 4];

const NAMES: [&str; 24] = [
    "Ada", "Bela", "Chidi", "Dana", "Emre", "Frida", "Goran", "Hana", "Ines", "Jonas", "Kofi", "Lena", "Mika", "Noor",
    "Olga", "Pablo", "Quinn", "Ravi", "Sofia", "Tarek", "Uma", "Vera", "Wen", "Yusuf",
];

/// One of a crew.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    /// How often a vote is wrong, 0 to 1.
    pub(crate) error_rate: f64,
    seed: u64,
}

/// A crew whose error rates are spread evenly; who has which follows from the seed.
pub(crate) fn crew(count: usize, seed: u64) -> Vec<Person> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rates: Vec<f64> = (0..count).map(|place| rate(place, count)).collect();
    rates.shuffle(&mut rng);
    let person = |(number, error_rate): (usize, f64)| {
        let name = NAMES[number % NAMES.len()];
        // Beyond the names at hand there are juniors.
        let generation = match number / NAMES.len() {
            0 => String::new(),
            generation => format!("-{}", generation + 1),
        };
        Person {
            name: format!("{name}{generation}"),
            email: format!("{}{generation}@operators.example", name.to_lowercase()),
            error_rate,
            seed: seed ^ ((number as u64 + 1) << 32),
        }
    };
    rates.into_iter().enumerate().map(person).collect()
}

fn rate(place: usize, count: usize) -> f64 {
    if count < 2 {
        return BEST;
    }
    BEST + (WORST - BEST) * place as f64 / (count - 1) as f64
}

impl Person {
    /// The digit that this person sees in a picture of `digit`. Looking twice changes nothing: the same person, seed
    /// and picture give the same answer, whatever happens in between.
    pub(crate) fn sees(&self, picture: &Fingerprint, digit: u8) -> u8 {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(picture);
        vote(&mut ChaCha8Rng::from_seed(hash.finalize().into()), self.error_rate, digit)
    }
}

/// The model of a vote, for the people and for the prediction alike.
pub(crate) fn vote(rng: &mut ChaCha8Rng, error_rate: f64, digit: u8) -> u8 {
    if rng.random::<f64>() >= error_rate {
        return digit;
    }
    if rng.random::<bool>() {
        return LOOKALIKE[usize::from(digit)];
    }
    (digit + rng.random_range(1..10u8)) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_person_sees_the_same_twice() {
        let crew = crew(12, 7);
        let again = super::crew(12, 7);
        for (person, same) in crew.iter().zip(&again) {
            assert_eq!(person.sees(&[3; 32], 4), same.sees(&[3; 32], 4));
        }
    }

    #[test]
    fn people_err_as_often_as_stated() {
        for person in crew(12, 1) {
            let pictures = (0..20_000u32).map(|number| {
                let mut picture = [0; 32];
                picture[..4].copy_from_slice(&number.to_le_bytes());
                picture
            });
            let wrong = pictures.filter(|picture| person.sees(picture, 5) != 5).count();
            let error = (wrong as f64 / 20_000.0 - person.error_rate).abs();
            assert!(error < 0.015, "{} errs {wrong} times of 20000, stated {}", person.name, person.error_rate);
        }
    }

    #[test]
    fn no_digit_looks_like_itself_and_no_two_people_share_an_address() {
        assert!((0..10u8).all(|digit| LOOKALIKE[usize::from(digit)] != digit));
        let crew = crew(60, 1);
        let addresses: std::collections::HashSet<_> = crew.iter().map(|person| &person.email).collect();
        assert_eq!(addresses.len(), 60);
    }
}
