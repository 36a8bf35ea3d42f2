//! Where the experiment takes place: where replicas and CPU are read, and who scales.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use labelmesh_sdk::{Client, Role};
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How many looks in a row may fail: a busy API server does not answer each.
const MOST_MISSED: u32 = 6;

/// A system and its autoscalers.
pub(super) trait Place {
    /// Signs somebody up and in, each of whose calls is made once.
    async fn person(&self, name: &str, role: Role) -> Result<Client>;

    /// Waits until what has been so far is no reason for more replicas.
    async fn settle(&self) -> Result<()>;

    /// What there is of each service.
    async fn look(&self) -> Result<Looks>;

    /// Has replicas follow the load until the caller has seen enough; returns why that can't be.
    async fn follow(&self) -> anyhow::Error;
}

/// What was seen of each service, by its name.
pub(super) type Looks = BTreeMap<&'static str, Seen>;

/// What was seen at one look.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sample {
    /// How many seconds after the start.
    pub(super) at: f64,
    pub(super) services: Looks,
}

/// A service at one look.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Seen {
    pub(super) replicas: usize,
    /// How many processors its replicas used lately, together; nothing where that is known of none.
    pub(super) cores: Option<f64>,
}

impl Seen {
    /// From what is known of some of the replicas, which stand for all: of those that have just come nothing is known.
    pub(super) fn of(replicas: usize, measured: usize, cores: f64) -> Self {
        let of_all = (measured > 0).then(|| cores / measured as f64 * replicas as f64);
        Self { replicas, cores: of_all }
    }
}

/// Looks until the caller has seen enough. Where nothing can be seen there is no sample.
pub(super) async fn watch(
    place: &impl Place,
    start: Instant,
    every: Duration,
    samples: &mut Vec<Sample>,
) -> anyhow::Error {
    let mut looks = interval_at(start, every);
    looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut missed = 0;
    loop {
        looks.tick().await;
        let at = start.elapsed().as_secs_f64();
        match place.look().await {
            Ok(services) => {
                missed = 0;
                samples.push(Sample { at, services });
            }
            Err(error) => {
                missed += 1;
                if missed == MOST_MISSED {
                    return error.context("nothing can be seen any more");
                }
                eprintln!("nothing was seen after {at:.0} s: {error:#}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_without_figures_are_taken_to_do_as_the_others_and_none_are_no_figure() {
        assert_eq!(Seen::of(3, 2, 0.5).cores, Some(0.75));
        assert_eq!(Seen::of(2, 2, 0.5).cores, Some(0.5));
        assert_eq!(Seen::of(2, 3, 0.75).cores, Some(0.5), "one that is going");
        assert_eq!(Seen::of(2, 0, 0.0).cores, None);
    }
}
