//! Retry: a call that failed is tried again where that is harmless and may help.
//!
//! It is tower's `Retry` with a policy of ours. Only UNAVAILABLE is worth another try, only a method that the contract
//! marks as repeatable may have one, and a request that streams in never has. The pause before it is tower's
//! exponential backoff with jitter, on top of what the peer asks for with RetryInfo; where it would outlast the
//! deadline, the failure is told at once. tower's `TpsBudget` pays for each: a tenth of all calls of the last ten
//! seconds and ten more, so that tries don't multiply the load when everything fails.
//!
//! `rpc_client_retries_total` counts by peer and method, and `rpc_client_retry_budget_left` shows by peer how many more
//! are affordable.

mod budget;

use std::{sync::Arc, time::Duration};

use labelmesh_clock::Random;
use metrics::{Counter, counter};
use tokio::time::{Sleep, sleep_until};
use tonic::Code;
use tower::{
    retry::{
        Policy,
        backoff::{Backoff as _, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff as _},
        budget::Budget as _,
    },
    util::rng::Rng,
};

use self::budget::Budget;
use crate::{
    Options,
    call::{Answer, Ready},
    failure::Failure,
    method::{Listed, PerMethod},
    payload::Payload,
};

/// The longest pause, but for what the peer asks for.
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// What is tried again, and when. Each call has a clone of its own.
#[derive(Clone)]
pub(crate) struct Tries {
    shared: Arc<Shared>,
    /// How many there were.
    made: u32,
    backoff: Option<ExponentialBackoff<Dice>>,
}

/// What all calls to a peer share.
struct Shared {
    peer: Arc<str>,
    most: u32,
    backoff: ExponentialBackoffMaker<Dice>,
    budget: Budget,
    retries: PerMethod<Counter>,
}

impl Tries {
    pub(crate) fn new(peer: &Arc<str>, options: Options, random: Random) -> Self {
        // A pause is its base and up to as much again, so the base is half of the longest.
        let base = (options.backoff / 2).clamp(Duration::from_millis(1), LONGEST_BACKOFF);
        let backoff = ExponentialBackoffMaker::new(base, LONGEST_BACKOFF, 1.0, Dice(random));
        let shared = Shared {
            peer: peer.clone(),
            most: options.tries,
            backoff: backoff.expect("the shortest pause is no longer than the longest"),
            budget: Budget::new(peer),
            retries: PerMethod::new(),
        };
        // An alert sees the first one only where there was a zero before it.
        for method in Listed::of(peer).filter(|method| method.idempotency.is_repeatable()) {
            shared.retries(method);
        }
        Self { shared: Arc::new(shared), made: 0, backoff: None }
    }
}

impl Shared {
    fn retries(&self, method: Listed) -> &Counter {
        self.retries.get(method, || {
            counter!("rpc_client_retries_total", "peer" => self.peer.to_string(), "rpc_method" => method.full_name())
        })
    }
}

impl Policy<Ready, Answer, Failure> for Tries {
    type Future = Sleep;

    fn retry(&mut self, call: &mut Ready, result: &mut Result<Answer, Failure>) -> Option<Sleep> {
        self.made += 1;
        if self.made == 1 {
            self.shared.budget.deposit();
        }
        let asked = match result {
            Ok(Answer { code: Some(Code::Unavailable), retry_after, .. }) => retry_after.unwrap_or_default(),
            Err(Failure::Unreachable(_)) => Duration::ZERO,
            _ => return None,
        };
        if self.made >= self.shared.most {
            return None;
        }
        let backoff = self.backoff.get_or_insert_with(|| self.shared.backoff.clone().make_backoff());
        // On top of what the peer asks for, lest all of its callers come back at the same moment.
        let at = backoff.next_backoff().deadline() + asked;
        let in_time = call.head.deadline.is_none_or(|deadline| at < deadline.instant());
        if !in_time || !self.shared.budget.withdraw() {
            return None;
        }
        self.shared.retries(call.head.method).increment(1);
        if let Err(Failure::Unreachable(cause)) = result {
            tracing::warn!(error.cause = cause.as_ref(), "a try failed, another follows");
        }
        Some(sleep_until(at))
    }

    fn clone_request(&mut self, call: &Ready) -> Option<Ready> {
        let repeatable = call.head.method.idempotency.is_repeatable() && matches!(call.payload, Payload::Message(_));
        repeatable.then(|| call.again()).flatten()
    }
}

/// Our randomness as tower wants it.
#[derive(Debug, Clone)]
struct Dice(Random);

impl Rng for Dice {
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::Instant;
    use tonic::body::Body;
    use tower::{ServiceExt as _, retry::Retry, service_fn};

    use super::*;
    use crate::testing::{GET_TASK, LOGIN, answer, measured, ready, value};

    /// How often a peer is asked that never has another answer, and how long that takes.
    async fn tried(policy: &Tries, call: Ready, retry_after: Option<Duration>) -> (u32, Duration) {
        let asked = AtomicU32::new(0);
        let refuses = service_fn(|_: Ready| {
            asked.fetch_add(1, Ordering::Relaxed);
            async move { Ok(Answer { retry_after, ..answer(Some(Code::Unavailable), Body::empty()) }) }
        });
        let began = Instant::now();
        let answer = Retry::new(policy.clone(), refuses).oneshot(call).await;
        assert!(matches!(answer, Ok(Answer { code: Some(Code::Unavailable), .. })));
        (asked.load(Ordering::Relaxed), began.elapsed())
    }

    fn policy() -> Tries {
        Tries::new(&"tasks".into(), Options::default(), Random::seeded(1))
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_and_are_added_to_what_the_peer_asks_for() {
        let long = Duration::from_secs(60);
        let (tries, took) = tried(&policy(), ready(GET_TASK, long), None).await;
        assert_eq!(tries, 3);
        assert!((75..=152).contains(&took.as_millis()), "{took:?}");
        let (tries, took) = tried(&policy(), ready(GET_TASK, long), Some(Duration::from_secs(2))).await;
        assert_eq!(tries, 3);
        assert!((4075..=4152).contains(&took.as_millis()), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_must_not_be_repeated_or_has_no_time_for_it_is_tried_once() {
        assert_eq!(tried(&policy(), ready(LOGIN, Duration::from_secs(60)), None).await, (1, Duration::ZERO));
        let asked = Some(Duration::from_secs(2));
        assert_eq!(tried(&policy(), ready(GET_TASK, Duration::from_secs(1)), asked).await, (1, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn tries_beyond_the_first_are_a_tenth_of_the_calls_and_a_few() {
        let (policy, metrics) = measured(policy);
        assert_eq!(value(&metrics, &["rpc_client_retries_total", "GetTask\""]), 0.0);
        let mut tries = 0;
        // All at once: a budget forgets after ten seconds.
        for _ in 0..100 {
            let call = ready(GET_TASK, Duration::from_millis(100));
            tries += tried(&policy, call, None).await.0;
        }
        assert!((115..=121).contains(&tries), "{tries}");
        assert_eq!(value(&metrics, &["rpc_client_retries_total", "GetTask\""]), f64::from(tries - 100));
        assert!(value(&metrics, &["rpc_client_retry_budget_left"]) < 2.0);
    }
}
