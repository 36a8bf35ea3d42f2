//! Waiting until what was decided again is among the results, which hear of it a moment later.

use std::time::Duration;

use chrono::DateTime;
use futures::{Stream, TryStreamExt as _};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    api::field,
    exit::{Exit, Failure},
    output::counted,
};

/// How long it is waited at least before it is asked again; at most half of the time is spent asking, however many there are.
const PAUSE: Duration = Duration::from_millis(200);
/// How long none may arrive before it is given up.
const PATIENCE: Duration = Duration::from_mins(10);
/// What these decide is left alone when a task is decided again.
const LEFT_ALONE: [&str; 3] = ["adjudicated", "imported", "gold"];

/// Waits until none of the results is from before `since`, when it was asked to decide again.
///
/// # Errors
/// What `results` fails with; unavailable if no more arrive.
pub(super) async fn arrived<S>(results: impl Fn() -> S, since: &str) -> Result<(), Failure>
where
    S: Stream<Item = Result<Value, Failure>>,
{
    let (mut least, mut last) = (u64::MAX, Instant::now());
    loop {
        let count = async |missing, result: Value| Ok(missing + u64::from(is_old(&result, since)));
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
fn is_old(result: &Value, since: &str) -> bool {
    let time = |time: &str| DateTime::parse_from_rfc3339(time).ok();
    result["state"] == "RESULT_STATE_DECIDED"
        && !LEFT_ALONE.contains(&field(result, "rule"))
        && time(field(result, "decidedAt")) < time(since)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::stream;
    use serde_json::json;

    use super::*;

    const BEFORE: &str = "2026-11-25T17:48:05Z";
    const SINCE: &str = "2026-11-25T17:48:05.500Z";
    const AFTER: &str = "2026-11-25T17:48:05.500001Z";

    fn decided(at: &str, rule: &str) -> Value {
        json!({"state": "RESULT_STATE_DECIDED", "decidedAt": at, "rule": rule})
    }

    fn results(at: &[&str]) -> impl Stream<Item = Result<Value, Failure>> + use<> {
        stream::iter(at.iter().map(|at| Ok(decided(at, "auto"))).collect::<Vec<_>>())
    }

    #[test]
    fn only_what_votes_decided_before_is_old() {
        assert!(is_old(&decided(BEFORE, "plurality"), SINCE));
        for at in [SINCE, AFTER, "2026-11-25T17:48:06Z"] {
            assert!(!is_old(&decided(at, "plurality"), SINCE), "{at}");
        }
        for rule in LEFT_ALONE {
            assert!(!is_old(&decided(BEFORE, rule), SINCE), "{rule}");
        }
        assert!(!is_old(&json!({"state": "RESULT_STATE_UNDECIDED"}), SINCE));
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
        assert_eq!(arrived(slowly, SINCE).await, Ok(()));
        assert!(begun.elapsed() > PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_arrives_is_given_up() {
        let begun = Instant::now();
        let failure = arrived(|| results(&[AFTER, BEFORE]), SINCE).await.expect_err("an end");
        assert_eq!(failure.exit, Exit::Unavailable);
        assert!(failure.message.starts_with("1 image decided again did not arrive"), "{failure}");
        assert!(begun.elapsed() < PATIENCE + Duration::from_secs(1));
    }
}
