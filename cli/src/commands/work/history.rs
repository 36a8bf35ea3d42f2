//! The images just done, to go back to.

use std::collections::VecDeque;

use super::image::LeasedImage;

/// So many images are remembered, and so many bytes of pictures, a single large one excepted.
const MOST: usize = 20;
const MOST_BYTES: usize = 64 << 20;

/// What an operator has voted for.
#[derive(Debug, Default)]
pub(super) struct History {
    /// What can be gone back to, the last one last.
    done: VecDeque<LeasedImage>,
    /// What was gone back over, the next to come again last.
    passed: Vec<LeasedImage>,
}

impl History {
    /// Remembers an image that was voted for; the oldest are forgotten where it becomes too much.
    pub(super) fn remember(&mut self, image: LeasedImage) {
        self.done.push_back(LeasedImage { voted: true, ..image });
        while self.done.len() > 1 && self.is_too_much() {
            self.done.pop_front();
        }
    }

    /// The image voted for last. What is gone back over for it comes again.
    pub(super) fn back(&mut self, present: &LeasedImage) -> Option<LeasedImage> {
        let before = self.done.pop_back()?;
        if present.voted {
            self.passed.push(present.clone());
        }
        Some(before)
    }

    /// The next image that was gone back over.
    pub(super) fn again(&mut self) -> Option<LeasedImage> {
        self.passed.pop()
    }

    fn is_too_much(&self) -> bool {
        let images = self.done.iter().chain(&self.passed);
        self.done.len() + self.passed.len() > MOST
            || images.map(|image| image.picture.len()).sum::<usize>() > MOST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use labelmesh_sdk::subtasks::Lease;

    use super::*;

    fn image(id: &str, picture: &Bytes) -> LeasedImage {
        let lease = Lease { subtask_id: id.to_owned(), ..Lease::default() };
        LeasedImage { lease, picture: picture.clone(), voted: false }
    }

    fn id(image: Option<&LeasedImage>) -> &str {
        image.map_or("", |image| &image.lease.subtask_id)
    }

    #[test]
    fn what_was_gone_back_over_comes_again() {
        let mut history = History::default();
        ["a", "b"].iter().for_each(|id| history.remember(image(id, &Bytes::new())));
        let present = image("c", &Bytes::new());
        let second = history.back(&present).expect("one before");
        let first = history.back(&second).expect("one before that");
        assert_eq!((id(Some(&second)), id(Some(&first)), id(history.back(&first).as_ref())), ("b", "a", ""));
        history.remember(first);
        let again = history.again();
        assert_eq!((id(again.as_ref()), id(history.again().as_ref())), ("b", ""), "the present one is still held");
        history.remember(again.expect("the second"));
        assert_eq!(id(history.back(&present).as_ref()), "b");
    }

    #[test]
    fn pictures_are_bounded_in_number_and_bytes() {
        let mut history = History::default();
        (0..50).for_each(|number| history.remember(image(&number.to_string(), &Bytes::new())));
        assert_eq!((history.done.len(), id(history.done.front())), (MOST, "30"));
        let large = Bytes::from(vec![0; MOST_BYTES / 2]);
        ["x", "y", "z"].iter().for_each(|id| history.remember(image(id, &large)));
        assert_eq!((history.done.len(), id(history.done.front())), (2, "y"));
    }
}
