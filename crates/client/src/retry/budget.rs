//! How many tries beyond the first are affordable.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use metrics::{Gauge, gauge};
use tokio::time::Instant;
use tower::retry::budget::{self, TpsBudget};

use crate::window::Window;

/// For how long a call counts. It is what [`Window`] remembers too.
const REMEMBERED: Duration = Duration::from_secs(10);
/// What each second affords without any call, so that a peer that is rarely called can be tried again too.
const EACH_SECOND: u32 = 1;
/// What each call affords.
const EACH_CALL: f32 = 0.1;

/// tower's budget, and a gauge of what is left of it, which tower's does not tell.
pub(super) struct Budget {
    tower: TpsBudget,
    /// Calls, and tries that were paid for.
    counts: Mutex<Window<2>>,
    left: Gauge,
}

impl Budget {
    pub(super) fn new(peer: &Arc<str>) -> Self {
        let budget = Self {
            tower: TpsBudget::new(REMEMBERED, EACH_SECOND, EACH_CALL),
            counts: Mutex::new(Window::new(Instant::now())),
            left: gauge!("rpc_client_retry_budget_left", "peer" => peer.to_string()),
        };
        budget.count([0, 0]);
        budget
    }

    fn count(&self, counts: [u32; 2]) {
        let [calls, paid] = self.counts.lock().expect("nothing panics with the lock").add(Instant::now(), counts);
        let reserve = f64::from(EACH_SECOND) * REMEMBERED.as_secs_f64();
        self.left.set((reserve + f64::from(calls) * f64::from(EACH_CALL) - f64::from(paid)).max(0.0));
    }
}

impl budget::Budget for Budget {
    fn deposit(&self) {
        self.tower.deposit();
        self.count([1, 0]);
    }

    fn withdraw(&self) -> bool {
        let paid = self.tower.withdraw();
        if paid {
            self.count([0, 1]);
        }
        paid
    }
}

#[cfg(test)]
mod tests {
    use tower::retry::budget::Budget as _;

    use super::*;
    use crate::testing::{measured, value};

    #[tokio::test(start_paused = true)]
    async fn the_gauge_shows_what_towers_budget_pays_for() {
        let (budget, metrics) = measured(|| Budget::new(&"tasks".into()));
        let left = || value(&metrics, &["rpc_client_retry_budget_left", "tasks"]);
        let mut paid = 0.0;
        for _ in 0..100 {
            budget.deposit();
        }
        assert!((left() - 20.0).abs() < 0.01, "{}", left());
        while budget.withdraw() {
            paid += 1.0;
            assert!((left() - (20.0 - paid)).abs() < 0.01);
        }
        assert_eq!(paid, 20.0);
        tokio::time::advance(REMEMBERED * 2).await;
        budget.deposit();
        assert!((left() - 10.1).abs() < 0.01 && budget.withdraw());
    }
}
