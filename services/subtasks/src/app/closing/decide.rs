//! Deciding an image by its votes, live or recorded, or having it ask for one more.

use labelmesh_consensus::{Verdict, Vote};

use crate::app::snapshots::Versioned;
use crate::domain::{Closed, Closing, Lane};
use crate::store::subtasks::{Locked, Queue};

/// Decides a locked image by its counted votes, in the order in which they came, and by what is known of the operators.
/// An image that has the votes it asked for ends here, or asks for one more vote and goes to the lane of what that vote
/// is worth. All of this is in memory: the caller saves the image and closes it.
pub(in crate::app) fn decide(image: &mut Locked, votes: &[Vote], known: Option<&Versioned>) -> (Queue, Option<Closed>) {
    if !image.slots.is_full() {
        return (Queue::Stay, None);
    }
    let stop = image.terms.stop();
    let snapshot = known.and_then(|known| known.snapshot.as_deref());
    match stop.judge(votes, snapshot) {
        Verdict::OneMore { worth } => {
            image.slots = image.slots.wanting_one_more();
            (Queue::To(Lane::for_one_more(worth)), None)
        }
        Verdict::Decided(decision) => {
            let closing = Closing::decided(decision, stop, known.map(|known| known.version));
            (Queue::Stay, Some(image.close(closing)))
        }
    }
}
