//! Files of a call that can't both be kept take turns.
//!
//! Files are judged several at once, and a small one is ready before a large one that came earlier. Where two have the
//! same bytes or the same name, what becomes of each must not depend on that: equal uploads have equal results.

use std::collections::HashMap;

use tokio_util::sync::{CancellationToken, DropGuard};

use crate::domain::{ContentHash, FileName};

/// So many ended turns are kept before they are looked for.
const ENDED: usize = 64;

/// What only one image of a task can have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Only {
    Content(ContentHash),
    Name(String),
}

impl From<&ContentHash> for Only {
    fn from(hash: &ContentHash) -> Self {
        Self::Content(*hash)
    }
}

impl From<&FileName> for Only {
    fn from(name: &FileName) -> Self {
        Self::Name(name.seen().to_owned())
    }
}

/// The files under way. It holds a few more than there are, however many there were.
#[derive(Debug, Default)]
pub(super) struct Turns(HashMap<Only, CancellationToken>);

/// A file's turn: it comes when those of before have ended that have something in common with it.
#[derive(Debug)]
pub(super) struct Turn {
    before: Vec<CancellationToken>,
    end: DropGuard,
}

impl Turns {
    /// A turn behind those that were taken before for any of this.
    pub(super) fn take(&mut self, only: [Only; 2]) -> Turn {
        if self.0.len() > ENDED {
            self.0.retain(|_, turn| !turn.is_cancelled());
        }
        let ended = CancellationToken::new();
        let before = only.into_iter().filter_map(|only| self.0.insert(only, ended.clone())).collect();
        Turn { before, end: ended.drop_guard() }
    }
}

impl Turn {
    /// Waits for the turn, which lasts until the guard is dropped.
    pub(super) async fn come(self) -> DropGuard {
        for before in &self.before {
            before.cancelled().await;
        }
        self.end
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn only(content: u8, name: &str) -> [Only; 2] {
        [Only::Content(ContentHash([content; 32])), Only::Name(name.to_owned())]
    }

    #[tokio::test]
    async fn files_with_something_in_common_come_one_after_the_other_and_all_others_at_once() {
        let mut turns = Turns::default();
        let [first, other, bytes, name] =
            [(1, "a"), (2, "b"), (1, "c"), (3, "c")].map(|(content, name)| turns.take(only(content, name)).come());
        let (first, other) = (first.await, other.await);
        let (mut bytes, mut name) = (Box::pin(bytes), Box::pin(name));
        assert!((&mut bytes).now_or_never().is_none() && (&mut name).now_or_never().is_none());
        drop(other);
        assert!((&mut bytes).now_or_never().is_none());
        drop(first);
        let second = bytes.await;
        assert!((&mut name).now_or_never().is_none());
        drop(second);
        name.await;
    }

    #[test]
    fn ended_turns_are_forgotten() {
        let mut turns = Turns::default();
        for number in 0..10_000 {
            drop(turns.take(only((number % 251) as u8, &number.to_string())));
        }
        assert!(turns.0.len() <= ENDED + 2, "{}", turns.0.len());
    }
}
