//! Waiting until what was decided again is among the results, which hear of it a moment later.

use std::time::Duration;

use futures::{Stream, TryStreamExt as _};
use labelmesh_sdk::{
    Error, Timestamp,
    tasks::{Result as Verdict, ResultState},
};
use tokio::time::{Instant, sleep};

use crate::{
    exit::{Exit, Failure},
    output::counted,
};

/// How long it is waited at least before it is asked again; at most half of the time is spent asking, however many
/// there are.
const PAUSE: Duration = Duration::from_millis(200);
/// How long none may arrive before it is given up.
const PATIENCE: Duration = Duration::from_mins(10);
/// What these decide is left alone when a task is decided again.
const LEFT_ALONE: [&str; 3] = ["adjudicated", "imported", "gold"];

/// Waits until none of the results is from before `since`, when it was asked to decide again.
///
/// # Errors
/// What `results` fails with; unavailable if no more arrive.
pub(super) async fn arrived<S>(results: impl Fn() -> S, since: Option<&Timestamp>) -> Result<(), Failure>
where
    S: Stream<Item = Result<Verdict, Error>>,
{
    let (mut least, mut last) = (u64::MAX, Instant::now());
    loop {
        let count = async |missing, result: Verdict| Ok(missing + u64::from(is_old(&result, since)));
        let asked = Instant::now();
        let missing = results().try_fold(0, count).await?;
        if missing == 0 {
            return Ok(());
        }
        if missing < least {
            (least, last) = (missing, Instant::now());
        }
        if last.elapsed() > PATIENCE {
            let (missing, minutes) = (counted(missing, "image"), PATIENCE.as_secs() / 60);
            let message = format!("{missing} decided again did not arrive among the results within {minutes} minutes");
            return Err(Failure::new(Exit::Unavailable, message).remedy("the same again: it waits for the rest"));
        }
        sleep(PAUSE.max(asked.elapsed())).await;
    }
}

/// What has no votes is not decided again.
fn is_old(result: &Verdict, since: Option<&Timestamp>) -> bool {
    let time = |time: Option<&Timestamp>| time.map(|time| (time.seconds, time.nanos));
    result.state() == ResultState::Decided
        && !LEFT_ALONE.contains(&result.rule.as_str())
        && time(result.decided_at.as_ref()) < time(since)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::stream;

    use super::*;

    const BEFORE: Timestamp = Timestamp { seconds: 5, nanos: 0 };
    const SINCE: Timestamp = Timestamp { seconds: 5, nanos: 500_000_000 };
    const AFTER: Timestamp = Timestamp { seconds: 5, nanos: 500_001_000 };

    fn decided(at: Timestamp, rule: &str) -> Verdict {
        let (state, rule) = (ResultState::Decided.into(), rule.to_owned());
        Verdict { state, decided_at: Some(at), rule, ..Verdict::default() }
    }

    fn results(at: &[Timestamp]) -> impl Stream<Item = Result<Verdict, Error>> + use<> {
        stream::iter(at.iter().map(|at| Ok(decided(*at, "auto"))).collect::<Vec<_>>())
    }

    #[test]
    fn only_what_votes_decided_before_is_old() {
        assert!(is_old(&decided(BEFORE, "plurality"), Some(&SINCE)));
        for at in [SINCE, AFTER, Timestamp { seconds: 6, nanos: 0 }] {
            assert!(!is_old(&decided(at, "plurality"), Some(&SINCE)), "{at:?}");
        }
        for rule in LEFT_ALONE {
            assert!(!is_old(&decided(BEFORE, rule), Some(&SINCE)), "{rule}");
        }
        let undecided = Verdict { state: ResultState::Undecided.into(), ..Verdict::default() };
        assert!(!is_old(&undecided, Some(&SINCE)));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_waited_for_the_last_one_as_long_as_some_arrive() {
        let (begun, asked) = (Instant::now(), Cell::new(0));
        let slowly = || {
            asked.set(asked.get() + 1);
            // One arrives after some nine minutes, the other one nine minutes later.
            results(match asked.get() {
                0..=2700 => &[BEFORE, BEFORE],
                2701..=5400 => &[AFTER, BEFORE],
                _ => &[AFTER, AFTER],
            })
        };
        assert_eq!(arrived(slowly, Some(&SINCE)).await, Ok(()));
        assert!(begun.elapsed() > PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_arrives_is_given_up() {
        let begun = Instant::now();
        let failure = arrived(|| results(&[AFTER, BEFORE]), Some(&SINCE)).await.expect_err("an end");
        assert_eq!(failure.exit, Exit::Unavailable);
        assert!(failure.message.starts_with("1 image decided again did not arrive"), "{failure}");
        assert!(begun.elapsed() < PATIENCE + Duration::from_secs(1));
    }
}
