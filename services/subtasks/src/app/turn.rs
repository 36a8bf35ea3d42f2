//! Turns: of the long computations one runs at a time, and those who wait take turns.
//!
//! Who waits stands in a line of their own: each client has one, and so has learning, which goes round clients by
//! itself. The lines are served in turn, so that a client who asks for one computation after the other waits behind
//! themselves, and everybody else for one computation of theirs at most. A client's line has few places.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::UserId;
use tokio::sync::oneshot;

use super::App;

/// How many computations of one client wait at most.
const PLACES: usize = 4;
/// When it is worth asking again for a place.
const COME_BACK: Duration = Duration::from_secs(5);

/// In whose line a computation waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// That of whoever owns the task.
    Client(UserId),
    /// What is learned in the background of all tasks.
    Learning,
}

/// The lines. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    /// Whether somebody computes.
    taken: bool,
    /// Those with somebody in them; the first is served next.
    waiting: VecDeque<(Line, VecDeque<oneshot::Sender<Turn>>)>,
}

/// A turn to compute something long. Wait for it before the votes are read, because they take most of the memory.
#[derive(Debug)]
pub(super) struct Turn {
    /// None where it was handed to somebody who has left.
    turns: Option<Turns>,
}

impl Turns {
    async fn wait(&self, line: Line) -> Result<Turn> {
        let place = {
            let mut lines = self.lines();
            if !lines.taken {
                lines.taken = true;
                return Ok(Turn { turns: Some(self.clone()) });
            }
            lines.join(line)?
        };
        place.await.map_err(Error::internal)
    }

    /// Hands the turn to the first who still waits for it.
    fn pass_on(&self) {
        loop {
            let Some(next) = self.lines().next() else { return };
            match next.send(Turn { turns: Some(self.clone()) }) {
                Ok(()) => return,
                Err(mut turn) => turn.turns = None,
            }
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().expect("nothing panics with the lock")
    }
}

impl Lines {
    fn join(&mut self, line: Line) -> Result<oneshot::Receiver<Turn>> {
        let (place, turn) = oneshot::channel();
        match self.waiting.iter_mut().find(|(of, _)| *of == line) {
            Some((_, places)) => {
                // Those who have left take no place.
                places.retain(|place| !place.is_closed());
                if places.len() >= PLACES {
                    let message = format!("{PLACES} computations of this client wait already");
                    return Err(Error::new(Reason::Overloaded, message).retry_after(COME_BACK));
                }
                places.push_back(place);
            }
            None => self.waiting.push_back((line, VecDeque::from([place]))),
        }
        Ok(turn)
    }

    /// Whoever is next: the first of the first line, which then goes behind the others.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        while let Some((line, mut places)) = self.waiting.pop_front() {
            let next = places.pop_front();
            if !places.is_empty() {
                self.waiting.push_back((line, places));
            }
            if next.is_some() {
                return next;
            }
        }
        self.taken = false;
        None
    }
}

impl Turn {
    /// Computes off the threads that serve calls.
    pub(super) async fn compute<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(self);
            result
        });
        done.await.map_err(Error::internal)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.turns.take() {
            turns.pass_on();
        }
    }
}

impl App {
    /// Waits for a turn to compute something long.
    ///
    /// # Errors
    /// OVERLOADED where too many of the line wait already.
    pub(super) async fn turn(&self, line: Line) -> Result<Turn> {
        self.turns.wait(line).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use futures::{FutureExt as _, future::BoxFuture};

    use super::*;

    fn client(number: u8) -> Line {
        Line::Client(UserId::new(DateTime::UNIX_EPOCH, [number; 10]))
    }

    /// Somebody who waits, and stands in line from now on.
    fn waits(turns: &Turns, line: Line) -> BoxFuture<'static, Result<Turn>> {
        let turns = turns.clone();
        let mut waiting = async move { turns.wait(line).await }.boxed();
        assert!((&mut waiting).now_or_never().is_none(), "somebody computes");
        waiting
    }

    #[tokio::test]
    async fn clients_and_learning_take_turns_however_many_a_client_asks_for() {
        let turns = Turns::default();
        let mut turn = turns.wait(client(1)).await.expect("a turn");
        let greedy: Vec<_> = (0..PLACES).map(|_| waits(&turns, client(1))).collect();
        let (learning, modest) = (waits(&turns, Line::Learning), waits(&turns, client(2)));
        let mut served = Vec::new();
        let mut waiting: Vec<_> = greedy.into_iter().map(|waiting| ("greedy", waiting)).collect();
        waiting.extend([("learning", learning), ("modest", modest)]);
        while !waiting.is_empty() {
            drop(turn);
            let ready =
                waiting.iter_mut().enumerate().find_map(|(at, (_, waiting))| Some((at, waiting.now_or_never()?)));
            let (at, next) = ready.expect("somebody is next");
            turn = next.expect("a turn");
            served.push(waiting.remove(at).0);
        }
        assert_eq!(served[..4], ["greedy", "learning", "modest", "greedy"]);
        drop(turn);
        assert!(turns.wait(client(3)).now_or_never().is_some(), "nobody waits any more");
    }

    #[tokio::test]
    async fn a_clients_line_has_few_places_and_whoever_leaves_gives_theirs_back() {
        let turns = Turns::default();
        let _turn = turns.wait(client(1)).await.expect("a turn");
        let mut waiting: Vec<_> = (0..PLACES).map(|_| waits(&turns, client(1))).collect();
        let refused = turns.wait(client(1)).await.expect_err("one too many");
        assert_eq!(refused.reason(), Reason::Overloaded);
        drop(waits(&turns, client(2)));
        waiting.pop();
        drop(waits(&turns, client(1)));
    }

    #[tokio::test]
    async fn a_turn_is_not_lost_with_whoever_leaves() {
        let turns = Turns::default();
        let turn = turns.wait(client(1)).await.expect("a turn");
        let (left, stays) = (waits(&turns, client(2)), waits(&turns, client(3)));
        let leaves_with_it = waits(&turns, client(4));
        drop(left);
        drop(turn);
        let turn = stays.await.expect("a turn");
        // Handed over, and dropped before it was looked at.
        drop(turn);
        drop(leaves_with_it);
        assert!(turns.wait(client(1)).now_or_never().is_some(), "nobody computes");
    }
}
