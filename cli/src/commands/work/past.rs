//! The images just done, to go back to.

use std::collections::VecDeque;

use super::desk::Sheet;

/// So many images are remembered, and so many bytes of pictures, a single large one excepted.
const MOST: usize = 20;
const MOST_BYTES: usize = 64 << 20;

/// What an operator has voted for.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// What can be gone back to, the last one last.
    done: VecDeque<Sheet>,
    /// What was gone back over, the next to come again last.
    passed: Vec<Sheet>,
}

impl Past {
    /// Remembers an image that was voted for; the oldest are forgotten where it becomes too much.
    pub(super) fn remember(&mut self, sheet: Sheet) {
        self.done.push_back(Sheet { voted: true, ..sheet });
        while self.done.len() > 1 && self.is_too_much() {
            self.done.pop_front();
        }
    }

    /// The image voted for last. What is gone back over for it comes again.
    pub(super) fn back(&mut self, present: &Sheet) -> Option<Sheet> {
        let before = self.done.pop_back()?;
        if present.voted {
            self.passed.push(present.clone());
        }
        Some(before)
    }

    /// The next image that was gone back over.
    pub(super) fn again(&mut self) -> Option<Sheet> {
        self.passed.pop()
    }

    fn is_too_much(&self) -> bool {
        let sheets = self.done.iter().chain(&self.passed);
        self.done.len() + self.passed.len() > MOST || sheets.map(|sheet| sheet.image.len()).sum::<usize>() > MOST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::api::Lease;

    fn sheet(id: &str, image: &Bytes) -> Sheet {
        let lease = Lease { subtask_id: id.to_owned(), ..Lease::default() };
        Sheet { lease, image: image.clone(), voted: false }
    }

    fn id(sheet: Option<&Sheet>) -> &str {
        sheet.map_or("", |sheet| &sheet.lease.subtask_id)
    }

    #[test]
    fn what_was_gone_back_over_comes_again() {
        let mut past = Past::default();
        ["a", "b"].iter().for_each(|id| past.remember(sheet(id, &Bytes::new())));
        let present = sheet("c", &Bytes::new());
        let second = past.back(&present).expect("one before");
        let first = past.back(&second).expect("one before that");
        assert_eq!((id(Some(&second)), id(Some(&first)), id(past.back(&first).as_ref())), ("b", "a", ""));
        past.remember(first);
        let again = past.again();
        assert_eq!((id(again.as_ref()), id(past.again().as_ref())), ("b", ""), "the present one is still held");
        past.remember(again.expect("the second"));
        assert_eq!(id(past.back(&present).as_ref()), "b");
    }

    #[test]
    fn pictures_are_bounded_in_number_and_bytes() {
        let mut past = Past::default();
        (0..50).for_each(|number| past.remember(sheet(&number.to_string(), &Bytes::new())));
        assert_eq!((past.done.len(), id(past.done.front())), (MOST, "30"));
        let large = Bytes::from(vec![0; MOST_BYTES / 2]);
        ["x", "y", "z"].iter().for_each(|id| past.remember(sheet(id, &large)));
        assert_eq!((past.done.len(), id(past.done.front())), (2, "y"));
    }
}
