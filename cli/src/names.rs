//! Names as numbers: each different one counts up from 0, in the order in which they are first seen.

use std::{borrow::Cow, collections::HashMap, hash::BuildHasher as _};

use hashbrown::{DefaultHashBuilder, HashTable};
use labelmesh_visible::visible;

/// The names seen so far. Those that look the same are one, in the spelling that came first. All their bytes lie in one
/// piece, so that millions of them cost little more than themselves.
#[derive(Debug, Default)]
pub(crate) struct Names {
    text: String,
    /// Where each name ends in `text`.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// What names look like that are not written so; nearly all are.
    looks: HashMap<String, u32>,
}

impl Names {
    /// The number of a name, which is new if neither it nor one that looks the same was seen before.
    pub(crate) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.find(name) {
            return number;
        }
        let hash = self.hasher.hash_one(name);
        let number = u32::try_from(self.ends.len()).expect("fewer than four thousand million names");
        self.text.push_str(name);
        self.ends.push(self.text.len());
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.numbers.insert_unique(hash, number, |&number| hasher.hash_one(at(text, ends, number)));
        let look = visible(name);
        if look != name {
            self.looks.insert(look.into_owned(), number);
        }
        number
    }

    /// The number of a name, if it or one that looks the same was seen.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        if let Some(number) = self.written(name) {
            return Some(number);
        }
        let look = visible(name);
        let plain = if look == name { None } else { self.written(&look) };
        plain.or_else(|| self.looks.get(&*look).copied())
    }

    /// The number of the name that is written so.
    fn written(&self, name: &str) -> Option<u32> {
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
        let values: Option<Vec<u64>> = all().map(|number| self.look(number).parse().ok()).collect();
        let mut sorted: Vec<u32> = all().collect();
        match values {
            Some(values) => sorted.sort_by_key(|&number| (values[number as usize], self.look(number))),
            None => sorted.sort_by_key(|&number| self.look(number)),
        }
        let mut places = vec![0; self.len()];
        for (place, number) in (0..).zip(sorted) {
            places[number as usize] = place;
        }
        places
    }

    /// What a name looks like, however the first that looks so is written.
    fn look(&self, number: u32) -> Cow<'_, str> {
        let name = self.name(number);
        if self.looks.is_empty() { Cow::Borrowed(name) } else { visible(name) }
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
    fn names_that_look_the_same_are_one_whichever_comes_first() {
        let mut decomposed_first = names(&["Jose\u{301}", "Jos\u{e9}", "Jo\u{200b}s\u{e9}", "Jose"]);
        assert_eq!((decomposed_first.len(), decomposed_first.name(0)), (2, "Jose\u{301}"), "as it came first");
        assert_eq!((decomposed_first.number("Jos\u{e9}"), decomposed_first.find("Jose\u{34f}\u{301}")), (0, Some(0)));
        let composed_first = names(&["Jos\u{e9}", "Jose", "Jose\u{301}", "Zoe"]);
        assert_eq!((composed_first.len(), composed_first.find("Jose\u{301}")), (3, Some(0)));
        assert_eq!(names(&["f", "e\u{301}", "g"]).places(), names(&["f", "\u{e9}", "g"]).places());
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
