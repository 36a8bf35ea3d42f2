//! Brings what an operator holds up to a number of images.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use labelmesh_clock::Random;
use labelmesh_errors::{Error, Result};
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{App, LeaseRules, Operator, handing_out::pass::Pass, names::Names};
use crate::domain::{self, LeaseTimes, Shortage, ShortageCause};
use crate::store::{
    audiences,
    cursors::{self, LockedOperator},
    gold,
    leases::{self, Held, Texts},
};

/// How many leases that have run out one call takes back at most.
pub const LAPSED_AT_ONCE: i64 = 20;
/// How many windows of the queue one call looks through at most, in all tasks together.
const BUDGET: u32 = 24;
/// How much the texts of the tasks of which an operator holds images may take, in bytes, before no further task is
/// begun. One task's take no more than the request that creates it.
const TEXTS: usize = 256 * 1024;

/// What an operator holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// All of it, the leases that end first first.
    pub held: Vec<Held>,
    /// The tasks that it is of.
    pub tasks: Vec<Texts>,
    /// Why there is less than asked for.
    pub shortage: Option<Shortage>,
}

/// Brings what the operator holds up to `count` and answers with all of it, so that a repeat is harmless.
///
/// The work of one call is bounded, whatever the number of images, tasks and earlier votes.
///
/// # Errors
/// NOT_FOUND where the operator was deleted a moment ago.
pub async fn lease(app: &App, operator: Operator, count: u32) -> Result<Leased> {
    let now = app.clock.now();
    let (rules, random, names) = (app.rules, &app.random, &app.names);
    run_tx(&app.pool, "lease", |tx| Box::pin(Call { operator, now, rules, random, names }.run(tx, count))).await
}

/// What stays the same during one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) operator: Operator,
    pub(super) now: DateTime<Utc>,
    pub(super) rules: LeaseRules,
    pub(super) random: &'a Random,
    pub(super) names: &'a Names,
}

/// What a call has found in the tasks.
#[derive(Debug)]
struct Found {
    taken: usize,
    /// Whether everything was looked through and had nothing.
    exhaustive: bool,
    /// When it is worth looking again.
    look_again: Option<DateTime<Utc>>,
    /// Whether a task has work in which the operator is paused.
    paused: bool,
    /// Whether a task has work that is the operator's own.
    own: bool,
}

impl Call<'_> {
    async fn run(self, db: &mut PgConnection, count: u32) -> Result<Leased> {
        let operator = self.operator.user_id();
        let LockedOperator { client, deleted } = cursors::lock_operator(db, operator).await?;
        if deleted {
            return Err(Error::not_found("user"));
        }
        leases::lapse(db, self.now, LAPSED_AT_ONCE).await?;
        let lapses = leases::lapses(db, operator, domain::forgiven(self.now)).await?;
        let wanted = domain::places(count, lapses) as usize;
        let cut = |held: &[Held]| (held.len() < count as usize).then(Shortage::lapsed);
        let mut held = leases::held(db, operator, self.now).await?;
        let mut tasks = texts(db, &held).await?;
        if held.len() >= wanted {
            return Ok(Leased { shortage: cut(&held), held, tasks });
        }
        let turns = cursors::turns(db, operator, client).await?;
        let found = self.fill(db, &turns, &tasks, wanted - held.len()).await?;
        if found.taken > 0 {
            held = leases::held(db, operator, self.now).await?;
            tasks = texts(db, &held).await?;
        }
        let shortage = if held.len() < wanted { Some(self.explain(db, &turns, &found).await?) } else { cut(&held) };
        Ok(Leased { held, tasks, shortage })
    }

    /// When leases end that this call gives.
    pub(super) fn times(self) -> LeaseTimes {
        LeaseTimes::new(self.now, self.rules.duration)
    }

    /// Goes from task to task until enough is taken or the budget is spent. `held` are the texts of the tasks of which
    /// something is held.
    async fn fill(
        self,
        db: &mut PgConnection,
        turns: &cursors::Turns,
        held: &[Texts],
        missing: usize,
    ) -> Result<Found> {
        let mut found = Found { taken: 0, exhaustive: turns.complete, look_again: None, paused: false, own: false };
        let mut told: usize = held.iter().map(Texts::size).sum();
        let mut budget = BUDGET;
        let mut looked_at = 0;
        for candidate in &turns.candidates {
            if budget == 0 || found.taken >= missing {
                found.exhaustive = false;
                break;
            }
            looked_at += 1;
            if !candidate.has_free {
                continue;
            }
            if candidate.own {
                found.own = true;
                continue;
            }
            if candidate.paused {
                found.paused = true;
                continue;
            }
            if candidate.cursor.rests(self.now) {
                found.note_rest(candidate.cursor.in_vain, candidate.cursor.rest_until);
                continue;
            }
            let is_told = held.iter().any(|texts| texts.task_id == candidate.task_id);
            if !is_told && told > TEXTS {
                found.exhaustive = false;
                found.look_again = Some(self.now);
                continue;
            }
            let pass = Pass::new(self, candidate).go(db, missing - found.taken, &mut budget);
            let (taken, cursor) = pass.await?;
            found.taken += taken;
            if !is_told && taken > 0 && found.taken < missing {
                told += leases::texts(db, &[candidate.task_id]).await?.iter().map(Texts::size).sum::<usize>();
            }
            found.note_rest(cursor.rest_until.is_some() && cursor.in_vain, cursor.rest_until);
        }
        if budget == 0 {
            found.look_again = Some(self.now);
        }
        cursors::save_turns(db, self.operator.user_id(), &turns.candidates[..looked_at]).await?;
        Ok(found)
    }

    async fn explain(self, db: &mut PgConnection, turns: &cursors::Turns, found: &Found) -> Result<Shortage> {
        let operator = self.operator.user_id();
        let lost = self.lost(db, turns).await?;
        let others = leases::held_by_others(db, operator, &lost).await?;
        let has_free = |lost: &TaskId| turns.candidates.iter().any(|task| task.task_id == *lost && task.has_free);
        let barred = match (found.paused, lost.iter().any(has_free)) {
            (true, _) => Some(ShortageCause::Paused),
            (false, true) => Some(ShortageCause::Unqualified),
            (false, false) if found.own => Some(ShortageCause::OwnTasks),
            (false, false)
                if found.exhaustive && others.0 == 0 && audiences::others_have_work(db, operator).await? =>
            {
                Some(ShortageCause::NotInvited)
            }
            (false, false) => None,
        };
        Ok(Shortage::explain(self.now, found.exhaustive, found.look_again, others, barred))
    }
}

impl Call<'_> {
    /// The tasks for which the operator can't qualify any more.
    async fn lost(self, db: &mut PgConnection, turns: &cursors::Turns) -> Result<Vec<TaskId>> {
        let qualifications = turns.candidates.iter().filter(|task| !task.paused && !task.own && task.gold.share > 0.0);
        let qualifications: HashMap<_, _> = qualifications
            .map(|task| (task.task_id, task.gold.qualification))
            .filter(|(_, qualification)| !qualification.is_met())
            .collect();
        let tasks: Vec<_> = qualifications.keys().copied().collect();
        let pools = gold::pools(db, self.operator.user_id(), &tasks).await?;
        let lost = pools.into_iter().filter(|(task, pool)| !qualifications[task].can_be_met(*pool));
        Ok(lost.map(|(task, _)| task).collect())
    }
}

/// What is to be known of the tasks of which something is held.
async fn texts(db: &mut PgConnection, held: &[Held]) -> Result<Vec<Texts>> {
    let tasks: BTreeSet<TaskId> = held.iter().map(|held| held.task_id).collect();
    if tasks.is_empty() { Ok(Vec::new()) } else { leases::texts(db, &Vec::from_iter(tasks)).await }
}

impl Found {
    /// A task rests, after a pass that was in vain or not.
    fn note_rest(&mut self, in_vain: bool, until: Option<DateTime<Utc>>) {
        self.exhaustive &= in_vain;
        self.look_again = [self.look_again, until].into_iter().flatten().min();
    }
}
