//! Who makes the load: clients who submit small tasks, and operators who label them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use labelmesh_sdk::{
    Client, Role,
    subtasks::{LeaseSubtasksRequest, VoteOutcome, VoteRequest},
};
use serde::Serialize;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use super::{STEPS, place::Place};
use crate::system::open_task;

const CLIENTS: u32 = 15;
const OPERATORS: u32 = 10;
/// How many seconds a client and an operator pause between two iterations, step by step.
const PAUSES_OF_CLIENTS: [u64; STEPS as usize] = [6, 5, 4, 3, 2, 2, 3, 4, 6, 6];
const PAUSES_OF_OPERATORS: [u64; STEPS as usize] = [9, 7, 5, 4, 3, 3, 4, 5, 9, 9];
/// How many images there are for each operator at first.
const STOCK: u32 = 5;
/// How long those may be on their way to the operators.
const LONGEST: Duration = Duration::from_secs(60);

/// Which of the two sides somebody is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    /// Creates a task with an image and submits it.
    Clients,
    /// Leases an image and votes.
    Operators,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Clients, Self::Operators];

    /// For how long somebody pauses in a step.
    pub(super) fn pause(self, step: usize) -> Duration {
        let pauses = match self {
            Self::Clients => PAUSES_OF_CLIENTS,
            Self::Operators => PAUSES_OF_OPERATORS,
        };
        Duration::from_secs(pauses[step.min(pauses.len() - 1)])
    }

    /// Whether nobody pauses for less time than in this step.
    pub(super) fn peaks(self, step: usize) -> bool {
        (0..STEPS as usize).all(|other| self.pause(step) <= self.pause(other))
    }

    /// What these people are called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Operators => "operators",
        }
    }
}

/// When it began, and how long each step is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    pub(super) start: Instant,
    step: Duration,
}

impl Schedule {
    pub(super) fn new(start: Instant, step: Duration) -> Self {
        Self { start, step }
    }

    fn end(&self) -> Instant {
        self.start + self.step * STEPS
    }

    /// The step of a moment.
    fn step(&self, at: Instant) -> usize {
        // Below the number of steps until the end.
        (at.duration_since(self.start).as_secs_f64() / self.step.as_secs_f64()) as usize
    }
}

/// One iteration of somebody.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Iteration {
    pub(super) side: Side,
    /// The step in which it began.
    pub(super) step: usize,
    /// How many seconds after the start it began.
    pub(super) at: f64,
    /// How long its calls took, together.
    pub(super) seconds: f64,
}

/// What everybody did.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) iterations: Vec<Iteration>,
    /// Why others failed.
    pub(super) failures: Vec<String>,
}

/// Everybody.
pub(super) struct Crew {
    people: Vec<Person>,
}

#[derive(Clone)]
struct Person {
    side: Side,
    client: Client,
    /// Which part of the first pause this one makes, so that not all begin at once.
    share: f64,
    /// The number of the next picture: everybody's.
    pictures: Arc<AtomicU32>,
}

impl Crew {
    /// Signs everybody up.
    pub(super) async fn sign_up(place: &impl Place, times: u32) -> Result<Self> {
        let pictures = Arc::new(AtomicU32::new(0));
        let mut people = Vec::new();
        for (side, role, count) in
            [(Side::Clients, Role::Client, CLIENTS * times), (Side::Operators, Role::Operator, OPERATORS * times)]
        {
            for number in 0..count {
                // A call that fails is told, not made again.
                let client = place.person(&format!("{}-{number}", side.name()), role).await?;
                let share = f64::from(number) / f64::from(count);
                people.push(Person { side, client, share, pictures: Arc::clone(&pictures) });
            }
        }
        Ok(Self { people })
    }

    /// Gives operators something to do before clients do, and has everybody do an iteration that does not count.
    pub(super) async fn warm_up(&self) -> Result<()> {
        let operators = self.people.iter().filter(|person| person.side == Side::Operators);
        let images = u32::try_from(operators.count())? * STOCK;
        let first = self.people[0].pictures.fetch_add(images, Ordering::Relaxed);
        open_task(&self.people[0].client, first..first + images, 1).await?;
        let start = Instant::now();
        for person in &self.people {
            while let Err(error) = person.iteration().await {
                ensure!(person.side == Side::Operators && start.elapsed() < LONGEST, "{error:#}");
                sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    /// Lets everybody work until the end.
    pub(super) async fn work(self, schedule: Schedule) -> Result<Work> {
        let mut shifts: JoinSet<_> = self.people.into_iter().map(|person| person.shift(schedule)).collect();
        let mut all = Work::default();
        while let Some(work) = shifts.join_next().await {
            let work = work?;
            all.iterations.extend(work.iterations);
            all.failures.extend(work.failures);
        }
        all.iterations.sort_by(|one, other| one.at.total_cmp(&other.at));
        Ok(all)
    }
}

impl Person {
    async fn shift(self, schedule: Schedule) -> Work {
        let mut work = Work::default();
        let mut next = schedule.start + self.side.pause(0).mul_f64(self.share);
        while next < schedule.end() {
            sleep_until(next).await;
            let begun = Instant::now();
            match self.iteration().await {
                Ok(()) => work.iterations.push(Iteration {
                    side: self.side,
                    step: schedule.step(next),
                    at: begun.duration_since(schedule.start).as_secs_f64(),
                    seconds: begun.elapsed().as_secs_f64(),
                }),
                Err(error) => work.failures.push(format!("{}: {error:#}", self.side.name())),
            }
            next = Instant::now() + self.side.pause(schedule.step(Instant::now()));
        }
        work
    }

    async fn iteration(&self) -> Result<()> {
        match self.side {
            Side::Clients => {
                let picture = self.pictures.fetch_add(1, Ordering::Relaxed);
                open_task(&self.client, picture..picture + 1, 1).await?;
            }
            Side::Operators => {
                let request = LeaseSubtasksRequest { count: 1, ..LeaseSubtasksRequest::default() };
                let leased = self.client.lease_subtasks(request).await?;
                ensure!(!leased.leases.is_empty(), "there is nothing to label");
                for lease in leased.leases {
                    let request = VoteRequest { subtask_id: lease.subtask_id, label: "cat".to_owned() };
                    let outcome = self.client.vote(request).await?.outcome();
                    ensure!(outcome == VoteOutcome::Counted, "{}", outcome.as_str_name());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_in_the_middle() {
        for side in Side::BOTH {
            let peak: Vec<usize> = (0..STEPS as usize).filter(|step| side.peaks(*step)).collect();
            assert_eq!(peak, [4, 5]);
        }
    }
}
