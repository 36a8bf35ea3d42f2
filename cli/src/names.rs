//! Names as numbers: each different one counts up from 0, in the order in which they are first seen.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// The names seen so far. All their bytes lie in one piece, so that millions of them cost little more than themselves.
#[derive(Debug, Default)]
pub(crate) struct Names {
    text: String,
    /// Where each name ends in `text`.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Names {
    /// The number of a name, which is new if it was not seen before.
    pub(crate) fn number(&mut self, name: &str) -> u32 {
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        let hash = hasher.hash_one(name);
        if let Some(number) = self.numbers.find(hash, |&number| at(text, ends, number) == name) {
            return *number;
        }
        let number = u32::try_from(self.ends.len()).expect("fewer than four thousand million names");
        self.text.push_str(name);
        self.ends.push(self.text.len());
        let (text, ends) = (&self.text, &self.ends);
        self.numbers.insert_unique(hash, number, |&number| hasher.hash_one(at(text, ends, number)));
        number
    }

    /// The number of a name, if it was seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(name);
        self.numbers.find(hash, |&number| self.name(number) == name).copied()
    }

    /// The name with this number.
    pub(crate) fn name(&self, number: u32) -> &str {
        at(&self.text, &self.ends, number)
    }

    /// All names, in the order of their numbers.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        (0..).take(self.len()).map(|number| self.name(number))
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The place of each name when all are sorted: by value where all are whole numbers, else as text. Unlike the
    /// order in which they were seen, it does not depend on how a file happens to be sorted.
    pub(crate) fn places(&self) -> Vec<u32> {
        let all = || (0..self.len()).map(|number| u32::try_from(number).expect("counted as one"));
        let values: Option<Vec<u64>> = all().map(|number| self.name(number).parse().ok()).collect();
        let mut sorted: Vec<u32> = all().collect();
        match values {
            Some(values) => sorted.sort_by_key(|&number| (values[number as usize], self.name(number))),
            None => sorted.sort_by_key(|&number| self.name(number)),
        }
        let mut places = vec![0; self.len()];
        for (place, number) in (0..).zip(sorted) {
            places[number as usize] = place;
        }
        places
    }
}

fn at<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start..ends[number]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Names {
        let mut names = Names::default();
        for name in all {
            names.number(name);
        }
        names
    }

    #[test]
    fn a_name_keeps_its_number() {
        let mut names = names(&["b", "", "a", "b"]);
        assert_eq!(names.len(), 3);
        assert_eq!((names.number("b"), names.number(""), names.number("a"), names.number("c")), (0, 1, 2, 3));
        assert_eq!((names.name(0), names.name(1), names.name(2)), ("b", "", "a"));
        assert_eq!((names.find("a"), names.find("z")), (Some(2), None));
    }

    #[test]
    fn many_names_are_told_apart() {
        let mut names = Names::default();
        for round in 0..2 {
            for number in 0..5000u32 {
                assert_eq!(names.number(&format!("name {number}")), number, "round {round}");
            }
        }
    }

    #[test]
    fn numbers_are_sorted_by_value_and_names_as_text() {
        assert_eq!(names(&["10", "9", "1"]).places(), [2, 1, 0]);
        assert_eq!(names(&["10", "9", "x"]).places(), [0, 1, 2]);
    }
}
