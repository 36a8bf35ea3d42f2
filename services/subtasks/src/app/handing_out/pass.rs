//! A pass through one task: what of it an operator is handed in one call.

use labelmesh_errors::Result;
use sqlx::PgConnection;

use super::lease::Call;
use crate::domain::{Candidate, Cursor, Draw, Hidden, Ring, Search};
use crate::store::{
    cursors,
    gold::{self, Take as TakeGold},
    leases::{self, Take},
};

/// A pass through one task, from where the operator stands in it.
pub(super) struct Pass<'a> {
    call: Call<'a>,
    candidate: &'a Candidate,
    search: Search,
    /// How many images were taken that the operator never had before, and how many of those are ordinary ones that were
    /// taken for show.
    new: u32,
    ordinary: u32,
}

impl<'a> Pass<'a> {
    pub(super) fn new(call: Call<'a>, candidate: &'a Candidate) -> Self {
        Self { call, candidate, search: Search::resume(candidate.cursor), new: 0, ordinary: 0 }
    }

    /// Takes as many images as are missing, if there are so many. Answers with how many it took, and where the operator
    /// stands now.
    pub(super) async fn go(
        mut self,
        db: &mut PgConnection,
        missing: usize,
        budget: &mut u32,
    ) -> Result<(usize, Cursor)> {
        let qualified = self.candidate.gold.qualification.is_met();
        let taken =
            if qualified { self.label(db, missing, budget).await? } else { self.qualify(db, missing, budget).await? };
        let (operator, task) = (self.call.operator.user_id(), self.candidate.task_id);
        if self.new > 0 {
            gold::handed(db, task, operator, self.new, self.ordinary).await?;
        }
        let cursor = self.search.stand(self.call.now, self.call.rules.rest);
        cursors::save(db, operator, task, &cursor).await?;
        Ok((taken, cursor))
    }

    /// Takes images whose votes count, with gold and decoys mixed in at the task's share.
    async fn label(&mut self, db: &mut PgConnection, missing: usize, budget: &mut u32) -> Result<usize> {
        let cursor = self.candidate.cursor;
        let mut taken = 0;
        // A task without gold images has no share.
        if self.candidate.gold.share > 0.0 {
            taken += gold::take_again(db, true, &self.gold(cursor.passed[0], missing)).await? as usize;
        }
        let Hidden { gold, decoys } = self.candidate.gold.draw(missing - taken, || self.call.random.unit());
        // What comes where nothing else does would be known for gold. So another image comes first, unless one alone is
        // asked for by somebody who did not just hear that there was too little.
        let left = missing - taken;
        let least = usize::from(cursor.was_short() || left > 1);
        let others = (left - gold - decoys).max(least).min(left);
        let found = self.take(db, others, false, budget).await?;
        taken += found;
        if found > 0 || others == 0 {
            taken += self.take_hidden(db, Ring::Control, gold.min(missing - taken)).await?;
            taken += self.take_hidden(db, Ring::Decoy, decoys.min(missing - taken)).await?;
            taken += self.take(db, missing - taken, false, budget).await?;
        }
        Ok(taken)
    }

    /// Takes images of a ring.
    async fn take_hidden(&mut self, db: &mut PgConnection, ring: Ring, due: usize) -> Result<usize> {
        if due == 0 {
            return Ok(0);
        }
        // Everybody begins elsewhere on the ring, so that no two operators see the same order. Decoys are few: whoever
        // begins elsewhere each time finds those that are left.
        let kept = if ring == Ring::Control { self.candidate.cursor.gold } else { None };
        let behind = kept.unwrap_or_else(|| self.somewhere(ring));
        let (new, reached) = gold::take(db, ring, &self.gold(behind, due)).await?;
        self.new += new;
        if ring == Ring::Control {
            self.search.took_gold(reached);
            gold::add_decoy(db, self.candidate.task_id, self.somewhere(Ring::Decoy)).await?;
        }
        Ok(new as usize)
    }

    /// Takes what comes before the qualification, and what was given back of it.
    async fn qualify(&mut self, db: &mut PgConnection, missing: usize, budget: &mut u32) -> Result<usize> {
        let (operator, qualification) = (self.call.operator.user_id(), self.candidate.gold.qualification);
        let pools = gold::pools(db, operator, &[self.candidate.task_id]).await?;
        let pool = pools.first().map(|(_, pool)| *pool).unwrap_or_default();
        let mut taken = 0;
        if qualification.can_be_met(pool) {
            let behind = self.candidate.cursor.passed[0];
            taken += gold::take_again(db, false, &self.gold(behind, missing)).await? as usize;
        }
        let Draw { gold: due, ordinary } = qualification.draw(pool, missing - taken, || self.call.random.unit());
        if due > 0 {
            let (new, _) =
                gold::take(db, Ring::Qualification, &self.gold(self.somewhere(Ring::Qualification), due)).await?;
            self.new += new;
            taken += new as usize;
        }
        taken += self.take(db, ordinary, true, budget).await?;
        if taken < missing {
            self.search.end(taken == 0);
        } else {
            self.search.was_served();
        }
        Ok(taken)
    }

    /// Takes images of the queue, window by window.
    async fn take(&mut self, db: &mut PgConnection, missing: usize, trial: bool, budget: &mut u32) -> Result<usize> {
        let mut taken = 0;
        while taken < missing && *budget > 0 {
            let Some(behind) = self.search.next() else { break };
            *budget -= 1;
            let take = Take {
                operator: self.call.operator.user_id(),
                task: self.candidate.task_id,
                behind,
                count: i64::try_from(missing - taken).unwrap_or(i64::MAX),
                times: self.call.times(),
                trial,
                network: if trial { None } else { self.network(db).await? },
            };
            let (window, new) = leases::take(db, &take).await?;
            taken += usize::try_from(window.taken()).unwrap_or_default();
            self.new += new;
            self.ordinary += if trial { new } else { 0 };
            self.search.found(&window);
        }
        Ok(taken)
    }

    /// The code of the operator's network, where the task takes one vote alone from it.
    async fn network(&self, db: &mut PgConnection) -> Result<Option<i64>> {
        let task = self.candidate.task_id;
        match self.call.operator.network().filter(|_| self.candidate.one_vote_per_network) {
            Some(network) => Ok(Some(self.call.names.of_task(db, task).await?.network(task, network))),
            None => Ok(None),
        }
    }

    /// A place of a ring by chance.
    fn somewhere(&self, ring: Ring) -> i64 {
        ring.place(i64::from_le_bytes(self.call.random.bytes()))
    }

    fn gold(&self, behind: i64, count: usize) -> TakeGold {
        TakeGold {
            operator: self.call.operator.user_id(),
            task: self.candidate.task_id,
            behind,
            count: i64::try_from(count).unwrap_or(i64::MAX),
            times: self.call.times(),
        }
    }
}
