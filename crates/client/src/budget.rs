//! How many tries beyond the first are affordable.

use std::{sync::Mutex, time::Duration};

use tokio::time::Instant;

/// What a call adds, in tries: a tenth.
const DEPOSIT: f64 = 0.1;
/// What time adds, in tries per second, so that a peer that is rarely called can be tried again too.
const TRICKLE: f64 = 0.5;
/// The most that is saved up.
const SAVINGS: f64 = 20.0;

/// A purse from which every try beyond the first is paid: when everything fails, tries do not multiply the load.
pub(crate) struct Budget(Mutex<Purse>);

struct Purse {
    tries: f64,
    counted: Instant,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Purse { tries: SAVINGS, counted: Instant::now() }))
    }

    /// A call begins.
    pub(crate) fn deposit(&self) {
        self.purse(|purse| purse.tries = (purse.tries + DEPOSIT).min(SAVINGS));
    }

    /// Pays for one more try, where it can.
    pub(crate) fn withdraw(&self) -> bool {
        self.purse(|purse| {
            let affordable = purse.tries >= 1.0;
            if affordable {
                purse.tries -= 1.0;
            }
            affordable
        })
    }

    fn purse<T>(&self, change: impl FnOnce(&mut Purse) -> T) -> T {
        let mut purse = self.0.lock().expect("nothing panics with the lock");
        let now = Instant::now();
        let passed: Duration = now.saturating_duration_since(purse.counted);
        purse.tries = (purse.tries + passed.as_secs_f64() * TRICKLE).min(SAVINGS);
        purse.counted = now;
        change(&mut purse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn tries_are_a_tenth_of_the_calls_once_the_savings_are_spent() {
        let budget = Budget::new();
        assert_eq!(std::iter::repeat_with(|| budget.withdraw()).take_while(|paid| *paid).count(), 20);
        for _ in 0..101 {
            budget.deposit();
        }
        assert_eq!(std::iter::repeat_with(|| budget.withdraw()).take_while(|paid| *paid).count(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn time_brings_tries_back_up_to_the_savings() {
        let budget = Budget::new();
        while budget.withdraw() {}
        tokio::time::advance(Duration::from_secs(4)).await;
        assert!(budget.withdraw() && budget.withdraw() && !budget.withdraw());
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(std::iter::repeat_with(|| budget.withdraw()).take_while(|paid| *paid).count(), 20);
    }
}
