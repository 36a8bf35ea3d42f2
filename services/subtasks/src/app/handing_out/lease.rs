//! Brings what an operator holds up to a number of images.

use chrono::{DateTime, Utc};
use labelmesh_clock::Random;
use labelmesh_errors::Result;
use labelmesh_ids::TaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{App, LeaseRules, Operator};
use crate::domain::{Candidate, GoldDue, Search, Shortage, ShortageCause};
use crate::store::{
    cursors, gold,
    leases::{self, Held, Take},
};

/// How many leases that have run out one call takes back at most.
pub const LAPSED_AT_ONCE: i64 = 20;
/// How many windows of the queue one call looks through at most, in all tasks together.
const BUDGET: u32 = 24;

/// What an operator holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// All of it, the leases that end first first.
    pub held: Vec<Held>,
    /// Why there is less than asked for.
    pub shortage: Option<Shortage>,
}

/// Brings what the operator holds up to `count` and answers with all of it, so that a repeat is harmless.
///
/// The work of one call is bounded, whatever the number of images, tasks and earlier votes.
///
/// # Errors
/// Only if the database fails.
pub async fn lease(app: &App, operator: Operator, count: u32) -> Result<Leased> {
    let now = app.clock.now();
    let (rules, random) = (app.rules, &app.random);
    run_tx(&app.pool, "lease", |tx| Box::pin(Call { operator, now, rules, random }.run(tx, count))).await
}

/// What stays the same during one call.
#[derive(Debug, Clone, Copy)]
struct Call<'a> {
    operator: Operator,
    now: DateTime<Utc>,
    rules: LeaseRules,
    random: &'a Random,
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
}

impl Call<'_> {
    async fn run(self, db: &mut PgConnection, count: u32) -> Result<Leased> {
        let wanted = usize::try_from(count.max(1)).unwrap_or(usize::MAX);
        let operator = self.operator.user_id();
        let turn = cursors::lock_operator(db, operator).await?;
        leases::lapse(db, self.now, LAPSED_AT_ONCE).await?;
        let mut held = leases::held(db, operator, self.now).await?;
        if held.len() >= wanted {
            return Ok(Leased { held, shortage: None });
        }
        let turns = cursors::turns(db, operator, turn).await?;
        let found = self.fill(db, &turns, wanted - held.len()).await?;
        if found.taken > 0 {
            held = leases::held(db, operator, self.now).await?;
        }
        let shortage = if held.len() < wanted { Some(self.explain(db, &turns, &found).await?) } else { None };
        Ok(Leased { held, shortage })
    }

    /// Goes from task to task until enough is taken or the budget is spent.
    async fn fill(self, db: &mut PgConnection, turns: &cursors::Turns, missing: usize) -> Result<Found> {
        let mut found = Found { taken: 0, exhaustive: turns.complete, look_again: None, paused: false };
        let mut budget = BUDGET;
        let mut turn = None;
        for candidate in &turns.candidates {
            if budget == 0 || found.taken >= missing {
                found.exhaustive = false;
                break;
            }
            turn = Some(candidate.task_id);
            if !candidate.has_free {
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
            let missing = missing - found.taken;
            found.taken += self.search(db, candidate, missing, &mut budget, &mut found).await?;
        }
        if budget == 0 {
            found.look_again = Some(self.now);
        }
        if let Some(turn) = turn {
            cursors::save_turn(db, self.operator.user_id(), turn).await?;
        }
        Ok(found)
    }

    /// Looks through one task from where the operator stands, and says how many images were taken.
    async fn search(
        self,
        db: &mut PgConnection,
        candidate: &Candidate,
        missing: usize,
        budget: &mut u32,
        found: &mut Found,
    ) -> Result<usize> {
        let operator = self.operator.user_id();
        let mut search = Search::resume(candidate.cursor);
        let mut taken = self.take_gold(db, candidate, missing, &mut search).await?;
        if !candidate.gold.qualified && taken < missing {
            search.end();
        }
        while let Some(behind) = search.next() {
            if taken >= missing || *budget == 0 {
                break;
            }
            *budget -= 1;
            let count = i64::try_from(missing - taken).unwrap_or(i64::MAX);
            let until = self.now + self.rules.duration;
            let window = leases::take(db, &Take { operator, task: candidate.task_id, behind, count, until }).await?;
            taken += usize::try_from(window.taken()).unwrap_or_default();
            search.found(&window);
        }
        let cursor = search.stand(self.now, self.rules.rest);
        cursors::save(db, operator, candidate.task_id, &cursor).await?;
        found.note_rest(cursor.rest_until.is_some() && cursor.in_vain, cursor.rest_until);
        Ok(taken)
    }

    /// Mixes gold images in, at the task's share; before the operator is qualified there is nothing else.
    async fn take_gold(
        self,
        db: &mut PgConnection,
        candidate: &Candidate,
        missing: usize,
        search: &mut Search,
    ) -> Result<usize> {
        let (GoldDue { share, qualified }, cursor) = (candidate.gold, &candidate.cursor);
        // A task without gold images has no share.
        if share <= 0.0 {
            return Ok(0);
        }
        let take = |behind: i64, count: usize| gold::Take {
            operator: self.operator.user_id(),
            task: candidate.task_id,
            behind,
            count: i64::try_from(count).unwrap_or(i64::MAX),
            until: self.now + self.rules.duration,
        };
        let due = match qualified {
            // Whoever has just heard that nothing is open would know what it is that comes all the same.
            true if cursor.in_vain => 0,
            true => (0..missing).filter(|_| self.random.unit() < share).count(),
            false => missing,
        };
        let mut taken = 0;
        if due > 0 {
            // Everybody begins elsewhere on the ring, so that no two operators see the same order.
            let behind = cursor.gold.unwrap_or_else(|| i64::from_le_bytes(self.random.bytes()));
            let (new, reached) = gold::take(db, &take(behind, due)).await?;
            search.took_gold(reached);
            taken += new;
        }
        if taken < missing {
            taken += gold::take_again(db, &take(cursor.passed[0], missing - taken)).await?;
        }
        if taken > 0 && !qualified {
            search.was_served();
        }
        Ok(taken)
    }

    async fn explain(self, db: &mut PgConnection, turns: &cursors::Turns, found: &Found) -> Result<Shortage> {
        let operator = self.operator.user_id();
        let unqualified = turns.candidates.iter().filter(|candidate| !candidate.gold.qualified && !candidate.paused);
        let unqualified: Vec<_> = unqualified.map(|candidate| candidate.task_id).collect();
        let lost = gold::exhausted(db, operator, &unqualified).await?;
        let others = leases::held_by_others(db, operator, &lost).await?;
        let has_free = |lost: &TaskId| turns.candidates.iter().any(|task| task.task_id == *lost && task.has_free);
        let barred = match (found.paused, lost.iter().any(has_free)) {
            (true, _) => Some(ShortageCause::Paused),
            (false, true) => Some(ShortageCause::Unqualified),
            (false, false) => None,
        };
        Ok(Shortage::explain(self.now, found.exhaustive, found.look_again, others, barred))
    }
}

impl Found {
    /// A task rests, after a pass that was in vain or not.
    fn note_rest(&mut self, in_vain: bool, until: Option<DateTime<Utc>>) {
        self.exhaustive &= in_vain;
        self.look_again = [self.look_again, until].into_iter().flatten().min();
    }
}
