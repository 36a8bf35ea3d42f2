//! The state of a circuit breaker.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use metrics::{Counter, Gauge, counter, gauge};
use tokio::time::Instant;

use crate::{call::Patience, window::Window};

/// Fewer failures never open it.
const FAILURES: u32 = 5;
/// For how long it stays open the first time; doubled each time a probe fails.
const REST: Duration = Duration::from_secs(1);
/// The longest rest. Whoever is back waits at most so long for the first call, and a probe in five seconds is no load.
const LONGEST_REST: Duration = Duration::from_secs(5);

/// The circuit breaker of one method.
pub(super) struct Circuit {
    peer: Arc<str>,
    method: &'static str,
    state: Mutex<State>,
    shown: Gauge,
    refused: Counter,
}

enum State {
    /// Calls pass, and are counted with their failures.
    Closed(Window<2>),
    /// No call passes until then.
    Open { until: Instant, rest: Duration },
    /// One call is on its way to find out, and will have by then.
    HalfOpen { until: Instant, rest: Duration },
}

/// A call that was let through. It reports when it is dropped; without a judgement it was given up, by its deadline or
/// by its caller.
pub(super) struct Pass {
    circuit: Arc<Circuit>,
    patience: Patience,
    /// Whether this call is the one that finds out.
    probe: bool,
    outcome: Option<bool>,
}

impl Circuit {
    pub(super) fn new(peer: Arc<str>, method: &'static str) -> Self {
        let shown = gauge!("rpc_client_breaker_state", "peer" => peer.to_string(), "rpc_method" => method);
        let refused = counter!("rpc_client_breaker_refused_total", "peer" => peer.to_string(), "rpc_method" => method);
        shown.set(0.0);
        Self { peer, method, state: Mutex::new(State::Closed(Window::new(Instant::now()))), shown, refused }
    }

    /// Lets a call through, or says after how long it is worth asking again.
    pub(super) fn admit(self: &Arc<Self>, patience: Patience, now: Instant) -> Result<Pass, Duration> {
        let mut state = self.state();
        let probe = match *state {
            State::Closed(_) => false,
            State::Open { until, rest } if until <= now => {
                let until = patience.deadline().unwrap_or(now + REST);
                self.change(&mut state, State::HalfOpen { until, rest });
                true
            }
            State::Open { until, .. } | State::HalfOpen { until, .. } => {
                self.refused.increment(1);
                return Err(until.saturating_duration_since(now));
            }
        };
        Ok(Pass { circuit: self.clone(), patience, probe, outcome: None })
    }

    fn counted(&self, succeeded: bool) {
        let now = Instant::now();
        let mut state = self.state();
        // What was let through before it opened no longer counts.
        let State::Closed(window) = &mut *state else { return };
        let [calls, failures] = window.add(now, [1, u32::from(!succeeded)]);
        if failures >= FAILURES && failures * 2 >= calls {
            self.change(&mut state, State::Open { until: now + REST, rest: REST });
        }
    }

    fn probed(&self, outcome: Option<bool>) {
        let now = Instant::now();
        let mut state = self.state();
        let State::HalfOpen { rest, .. } = *state else { return };
        let rest = if outcome.is_none() { rest } else { (rest * 2).min(LONGEST_REST) };
        let next = match outcome {
            Some(true) => State::Closed(Window::new(now)),
            Some(false) => State::Open { until: now + rest, rest },
            // Somebody else has to find out, and need not wait.
            None => State::Open { until: now, rest },
        };
        self.change(&mut state, next);
    }

    fn change(&self, state: &mut State, next: State) {
        let (peer, method) = (&*self.peer, self.method);
        match &next {
            State::Closed(_) => tracing::info!(peer, rpc.method = method, "circuit breaker closed"),
            State::HalfOpen { .. } => tracing::info!(peer, rpc.method = method, "circuit breaker half open"),
            State::Open { rest, .. } => {
                tracing::warn!(peer, rpc.method = method, rest_ms = rest.as_millis(), "circuit breaker open");
            }
        }
        self.shown.set(match &next {
            State::Closed(_) => 0.0,
            State::HalfOpen { .. } => 1.0,
            State::Open { .. } => 2.0,
        });
        *state = next;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics with the lock")
    }
}

impl Pass {
    /// The peer has answered well enough, or has not.
    pub(super) fn judge(mut self, succeeded: bool) {
        self.outcome = Some(succeeded);
    }

    /// The peer has run into our deadline, a little before we did.
    pub(super) fn late(mut self) {
        self.outcome = self.patience.is_fair().then_some(false);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let ran_out = || self.patience.ran_out(Instant::now()).then_some(false);
        let outcome = self.outcome.or_else(ran_out);
        if self.probe {
            self.circuit.probed(outcome);
        } else if let Some(succeeded) = outcome {
            self.circuit.counted(succeeded);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{GET_TASK, measured, ready, value};

    /// Time enough for a call.
    const FAIR: Duration = Duration::from_secs(2);

    fn admit(circuit: &Arc<Circuit>) -> Result<Pass, Duration> {
        let now = Instant::now();
        circuit.admit(Patience::with(&ready(GET_TASK, FAIR).head, now), now)
    }

    fn pass(circuit: &Arc<Circuit>) -> Pass {
        admit(circuit).unwrap_or_else(|rest| panic!("it rests for {rest:?}"))
    }

    fn rest(circuit: &Arc<Circuit>) -> Duration {
        admit(circuit).err().expect("it lets nothing through")
    }

    fn judge(circuit: &Arc<Circuit>, times: u32, succeeded: bool) {
        for _ in 0..times {
            pass(circuit).judge(succeeded);
        }
    }

    fn circuit() -> Arc<Circuit> {
        Arc::new(Circuit::new("tasks".into(), "GetTask"))
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_when_half_of_the_calls_fail_and_never_by_a_few() {
        let half = circuit();
        judge(&half, 6, true);
        judge(&half, 6, false);
        assert_eq!(rest(&half), REST);
        let few = circuit();
        judge(&few, FAILURES - 1, false);
        tokio::time::advance(Duration::from_secs(10)).await;
        judge(&few, FAILURES - 1, false);
        judge(&few, 1, true);
    }

    #[tokio::test(start_paused = true)]
    async fn the_window_slides_past_healthy_seconds() {
        let circuit = circuit();
        for _ in 0..9 {
            judge(&circuit, 10, true);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let outage = Instant::now();
        while let Ok(pass) = admit(&circuit) {
            pass.judge(false);
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert!(outage.elapsed() <= Duration::from_secs(5), "{:?}", outage.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_at_a_time_finds_out_and_rests_grow() {
        let (circuit, metrics) = measured(circuit);
        let state = || value(&metrics, &["rpc_client_breaker_state"]);
        assert_eq!(state(), 0.0);
        judge(&circuit, FAILURES, false);
        assert_eq!(state(), 2.0);
        for expected in [1, 2, 4, 5, 5].map(Duration::from_secs) {
            assert_eq!(rest(&circuit), expected);
            tokio::time::advance(expected).await;
            let probe = pass(&circuit);
            assert_eq!(state(), 1.0);
            // The hint is when the probe will have been answered.
            tokio::time::advance(Duration::from_millis(500)).await;
            assert_eq!(rest(&circuit), FAIR - Duration::from_millis(500));
            probe.judge(false);
        }
        tokio::time::advance(LONGEST_REST).await;
        judge(&circuit, 1, true);
        assert_eq!(state(), 0.0);
        judge(&circuit, 1, true);
        assert_eq!(value(&metrics, &["rpc_client_breaker_refused_total"]), 10.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_given_up_is_a_failure_only_when_it_had_its_time() {
        let given_up = circuit();
        for _ in 0..FAILURES {
            drop(pass(&given_up));
        }
        judge(&given_up, 1, true);
        let ran_out = circuit();
        for _ in 0..FAILURES {
            let pass = pass(&ran_out);
            tokio::time::advance(FAIR).await;
            drop(pass);
        }
        assert_eq!(rest(&ran_out), REST);
        // A probe that is given up leaves the question to the next.
        tokio::time::advance(REST).await;
        drop(pass(&ran_out));
        judge(&ran_out, 1, true);
        judge(&ran_out, 1, true);
    }
}
