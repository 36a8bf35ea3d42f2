//! What follows from the votes of an image, live or recorded: it is decided, or asks for one more.

use labelmesh_consensus::{Verdict, Vote};

use crate::app::snapshots::Versioned;
use crate::domain::{Closed, Closing, Lane};
use crate::store::subtasks::{Locked, Queue};

/// Judges a locked image by its counted votes, in the order in which they came, and by what is known of the operators. One
/// that has the votes it asked for is closed, or asks for one more and goes to the lane of what that is worth; the image is
/// still to be saved, and its end to be concluded.
pub(in crate::app) fn settle(image: &mut Locked, votes: &[Vote], known: Option<&Versioned>) -> (Queue, Option<Closed>) {
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
            (Queue::Stay, Some(close(image, closing)))
        }
    }
}

/// Closes a locked image, in memory.
pub(in crate::app) fn close(image: &mut Locked, closing: Closing) -> Closed {
    image.slots = image.slots.closed();
    image.version += 1;
    Closed { subtask_id: image.subtask_id, version: image.version, closing }
}
