//! Waiting until what was decided again has arrived.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    exit::{Exit, Failure},
    output::counted,
};

/// How often it is asked.
const PAUSE: Duration = Duration::from_millis(200);
/// How long none may arrive before it is given up.
const PATIENCE: Duration = Duration::from_mins(10);

/// The results when each is another than `before`: what was decided again arrives a moment later.
///
/// # Errors
/// What `results` fails with; unavailable if no more arrive.
pub(super) async fn renewed(
    results: impl AsyncFn() -> Result<Vec<Value>, Failure>,
    before: &[Value],
) -> Result<Vec<Value>, Failure> {
    let (mut least, mut since) = (usize::MAX, Instant::now());
    loop {
        let now = results().await?;
        let missing = now.iter().zip(before).filter(|(result, before)| is_old(result, before)).count();
        if missing == 0 {
            return Ok(now);
        }
        if missing < least {
            (least, since) = (missing, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            let (missing, minutes) = (counted(missing as u64, "image"), PATIENCE.as_secs() / 60);
            let message = format!("{missing} decided again did not arrive among the results within {minutes} minutes");
            return Err(Failure::new(Exit::Unavailable, message));
        }
        sleep(PAUSE).await;
    }
}

/// What has no votes is not decided again.
fn is_old(result: &Value, before: &Value) -> bool {
    result["state"] == "RESULT_STATE_DECIDED" && result["decidedAt"] == before["decidedAt"]
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::json;

    use super::*;

    fn decided(at: &[u32]) -> Vec<Value> {
        at.iter().map(|at| json!({"state": "RESULT_STATE_DECIDED", "decidedAt": at})).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_waited_for_the_last_one_as_long_as_some_arrive() {
        let (before, asked) = (decided(&[1, 1]), Cell::new(0));
        let slowly = async || {
            asked.set(asked.get() + 1);
            // One arrives after some nine minutes, the other one nine minutes later.
            Ok(decided(match asked.get() {
                0..=2700 => &[1, 1],
                2701..=5400 => &[2, 1],
                _ => &[2, 2],
            }))
        };
        assert_eq!(renewed(slowly, &before).await, Ok(decided(&[2, 2])));
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_arrives_is_given_up() {
        let begun = Instant::now();
        let failure = renewed(async || Ok(decided(&[2, 1])), &decided(&[1, 1])).await.expect_err("an end");
        assert_eq!(failure.exit, Exit::Unavailable);
        assert!(failure.message.starts_with("1 image decided again did not arrive"), "{failure}");
        assert!(begun.elapsed() < PATIENCE + Duration::from_secs(1));
    }
}
