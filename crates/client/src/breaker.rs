//! A circuit breaker: it stops calling what does not answer, and finds out when it answers again.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::Instant;

/// Over how long calls are counted.
const WINDOW: Duration = Duration::from_secs(10);
/// Fewer failures never open it.
const FAILURES: u32 = 5;
/// For how long it stays open the first time; doubled each time a probe fails.
const REST: Duration = Duration::from_secs(1);
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// A circuit breaker. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Breaker(Arc<Mutex<State>>);

enum State {
    /// Calls pass and are counted.
    Closed { since: Instant, calls: u32, failures: u32 },
    /// No call passes until then.
    Open { until: Instant, rest: Duration },
    /// One call is on its way to find out.
    HalfOpen { rest: Duration },
}

/// A call that was let through. It says how it ended, or is dropped where nothing was learned.
pub(crate) struct Pass {
    breaker: Breaker,
    /// Whether this call is the one that finds out.
    probe: bool,
    reported: bool,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(closed())))
    }

    /// Lets a call through, or says after how long it is worth asking again.
    pub(crate) fn admit(&self) -> Result<Pass, Duration> {
        let mut state = self.lock();
        let pass = |probe| Pass { breaker: self.clone(), probe, reported: false };
        match *state {
            State::Closed { .. } => Ok(pass(false)),
            State::HalfOpen { rest } => Err(rest),
            State::Open { until, rest } => {
                let left = until.saturating_duration_since(Instant::now());
                if !left.is_zero() {
                    return Err(left);
                }
                *state = State::HalfOpen { rest };
                Ok(pass(true))
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics with the lock")
    }
}

fn closed() -> State {
    State::Closed { since: Instant::now(), calls: 0, failures: 0 }
}

fn open(rest: Duration) -> State {
    State::Open { until: Instant::now() + rest, rest }
}

impl Pass {
    /// The peer answered.
    pub(crate) fn succeeded(mut self) {
        self.report(false);
    }

    /// The peer did not answer, or said that it can't.
    pub(crate) fn failed(mut self) {
        self.report(true);
    }

    fn report(&mut self, failed: bool) {
        self.reported = true;
        let mut state = self.breaker.lock();
        *state = match *state {
            State::HalfOpen { .. } if self.probe && !failed => closed(),
            State::HalfOpen { rest } if self.probe => open((rest * 2).min(LONGEST_REST)),
            State::Closed { since, calls, failures } => {
                let fresh = since.elapsed() < WINDOW;
                let (since, calls, failures) = if fresh { (since, calls, failures) } else { (Instant::now(), 0, 0) };
                let (calls, failures) = (calls + 1, failures + u32::from(failed));
                if failures >= FAILURES && failures * 2 >= calls {
                    open(REST)
                } else {
                    State::Closed { since, calls, failures }
                }
            }
            // What was let through before it opened no longer counts.
            State::Open { until, rest } => State::Open { until, rest },
            State::HalfOpen { rest } => State::HalfOpen { rest },
        };
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        // The caller gave up before the probe was answered: somebody else has to find out.
        if self.probe && !self.reported {
            let mut state = self.breaker.lock();
            if let State::HalfOpen { rest } = *state {
                *state = State::Open { until: Instant::now(), rest };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.admit().unwrap_or_else(|_| panic!("closed")).failed();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_when_half_of_the_calls_fail_and_never_by_a_few() {
        let breaker = Breaker::new();
        for _ in 0..6 {
            breaker.admit().unwrap_or_else(|_| panic!("closed")).succeeded();
        }
        fail(&breaker, 5);
        fail(&breaker, 1);
        assert!(breaker.admit().is_err());
        let breaker = Breaker::new();
        fail(&breaker, 4);
        tokio::time::advance(WINDOW).await;
        fail(&breaker, 4);
        assert!(breaker.admit().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_at_a_time_finds_out_and_rests_grow() {
        let breaker = Breaker::new();
        fail(&breaker, FAILURES);
        assert!(breaker.admit().is_err_and(|after| after == REST));
        tokio::time::advance(REST).await;
        let probe = breaker.admit().unwrap_or_else(|_| panic!("half open"));
        assert!(breaker.admit().is_err());
        probe.failed();
        assert!(breaker.admit().is_err_and(|after| after == REST * 2));
        tokio::time::advance(REST * 2).await;
        breaker.admit().unwrap_or_else(|_| panic!("half open")).succeeded();
        assert!(breaker.admit().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_given_up_leaves_the_question_to_the_next() {
        let breaker = Breaker::new();
        fail(&breaker, FAILURES);
        tokio::time::advance(REST).await;
        drop(breaker.admit().unwrap_or_else(|_| panic!("half open")));
        assert!(breaker.admit().is_ok());
    }
}
