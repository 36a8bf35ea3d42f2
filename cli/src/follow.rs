//! Following how far something has come, over breaks of the stream.

use std::time::Duration;

use futures::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, sleep};

use crate::exit::{Exit, Failure};

/// A stream that broke or ended is followed up after so long; the wait doubles while there are no news, up to the
/// longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// After so long without news people are told that it is tried again.
const SILENCE: Duration = Duration::from_secs(5);
/// After so long it is given up. The server sends a state now and then even if nothing is new.
const PATIENCE: Duration = Duration::from_mins(10);

/// How far something has come.
pub(crate) trait State {
    /// Grows with every change.
    fn version(&self) -> u64;

    /// Whether it has ended.
    fn is_last(&self) -> bool;
}

/// Follows streams of the states behind a version, each opened when the one before is over, until the last state or
/// `tell` says that this is enough; returns that state. `note` hears of long breaks. Only the first stream must open:
/// who was never reached may be elsewhere.
pub(crate) async fn follow_over_breaks<S: State + Send + 'static>(
    mut open: impl AsyncFnMut(u64) -> Result<BoxStream<'static, Result<S, Failure>>, Failure>,
    mut tell: impl FnMut(&S) -> Result<bool, Failure>,
    note: impl Fn(&str),
) -> Result<S, Failure> {
    let (mut version, mut pause) = (0, PAUSE);
    let (mut away, mut noted) = (None, false);
    let mut states = open(version).await?;
    loop {
        let mut broke = Failure::new(Exit::Unavailable, "the server ends its news again and again");
        while let Some(next) = states.next().await {
            let state = match next {
                Ok(state) => state,
                Err(failure) if failure.is_passing() => {
                    broke = failure;
                    break;
                }
                Err(failure) => return Err(failure),
            };
            if noted {
                note("The server is back.");
            }
            (version, pause, away, noted) = (state.version(), PAUSE, None, false);
            if tell(&state)? || state.is_last() {
                return Ok(state);
            }
        }
        let since = *away.get_or_insert_with(Instant::now);
        if since.elapsed() > PATIENCE {
            return Err(broke.remedy("the same again, when the server is back: nothing is lost"));
        }
        if since.elapsed() > SILENCE && !noted {
            let minutes = PATIENCE.as_secs() / 60;
            note(&format!("The server is away ({}). Trying again for {minutes} minutes.", broke.message));
            noted = true;
        }
        sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
        states = open(version).await.unwrap_or_else(|failure| stream::iter([Err(failure)]).boxed());
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use labelmesh_sdk::tasks::{TaskProgress, TaskState};

    use super::*;

    fn lost() -> Failure {
        Failure::new(Exit::Unavailable, "lost")
    }

    fn news(version: u64, state: TaskState) -> Result<TaskProgress, Failure> {
        Ok(TaskProgress { version, state: state.into(), ..TaskProgress::default() })
    }

    /// Follows one state and then streams that all bring the same; the failure, and how long it took.
    async fn endless(each: Result<&[Result<TaskProgress, Failure>], Failure>) -> (Failure, Duration) {
        let (begun, mut opened) = (Instant::now(), 0);
        let open = async |_| {
            opened += 1;
            if opened == 1 {
                return Ok(stream::iter([news(1, TaskState::Open)]).boxed());
            }
            each.clone().map(|each| stream::iter(each.to_vec()).boxed())
        };
        let failure = follow_over_breaks::<TaskProgress>(open, |_| Ok(false), |_| {}).await.expect_err("an end");
        (failure, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_without_news_is_waited_for_a_while_however_it_fails() {
        for each in [Ok(&[] as &[_]), Ok(&[Err(lost())]), Err(lost())] {
            let (failure, took) = endless(each).await;
            assert_eq!(failure.exit, Exit::Unavailable);
            assert!(took > PATIENCE && took <= PATIENCE + 2 * LONGEST_PAUSE, "{took:?}");
        }
        let refused = Failure::new(Exit::NotSignedIn, "no");
        let (failure, took) = endless(Err(refused.clone())).await;
        assert!(failure == refused && took <= PAUSE, "what does not pass is not waited for: {failure}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_never_reached_is_not_waited_for() {
        let begun = Instant::now();
        let failed = follow_over_breaks::<TaskProgress>(async |_| Err(lost()), |_| Ok(false), |_| {}).await;
        assert_eq!((failed.map(|last| last.version), begun.elapsed()), (Err(lost()), Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn news_make_up_for_the_breaks_before() {
        let (notes, begun) = (RefCell::new(Vec::new()), Instant::now());
        // Away for nine minutes, twice.
        let open = async |version: u64| match (version, begun.elapsed().as_secs() / 60) {
            (0, _) => Ok(stream::iter([news(1, TaskState::Open), Err(lost())]).boxed()),
            (1, 9..) => Ok(stream::iter([news(2, TaskState::Open)]).boxed()),
            (2, 18..) => Ok(stream::iter([news(3, TaskState::Completed)]).boxed()),
            _ => Err(lost()),
        };
        let note = |text: &str| notes.borrow_mut().push(text.to_owned());
        let last = follow_over_breaks::<TaskProgress>(open, |_| Ok(false), note).await.expect("the end of the task");
        assert_eq!((last.version, last.state()), (3, TaskState::Completed));
        let (away, back) = ("The server is away (lost). Trying again for 10 minutes.", "The server is back.");
        assert_eq!(notes.take(), [away, back, away, back]);
    }
}
