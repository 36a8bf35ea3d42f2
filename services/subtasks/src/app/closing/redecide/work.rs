//! The worker that decides tasks again, in batches from a stored position.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use labelmesh_consensus::{Decision, Estimate, Label, Method, Operator, Vote};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::SubtaskId;
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{check_size, too_large};
use crate::app::gather::{Gathered, VOTE_BYTES, add_gold, gather};
use crate::app::{App, closing::close::close};
use crate::domain::{ADJUDICATED, Closed, Closing, GOLD, IMPORTED, Terms};
use crate::store::{
    closing,
    redecisions::{self, Decided, Redecision},
    tasks::{self, OwnTask},
    unreadable,
};

/// How many images one transaction decides.
const BATCH: usize = 500;
/// How long a replica keeps the others away from a task. A replica that died is followed after that.
const CLAIM: TimeDelta = TimeDelta::seconds(30);
/// How often a replica renews its claim while it computes.
const HOLD_EVERY: Duration = Duration::from_secs(10);
/// How many attempts that do not move on are made before a task is given up: each may have ended its process.
const MOST_ATTEMPTS: i16 = 5;
/// How long other tasks go first after a failed attempt; multiplied by the number of attempts.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(10);
/// The seed of methods that draw lots: the same votes give the same answer, in whichever replica.
const SEED: u64 = 0;

/// Decides the task that has waited longest again, to the end, or says that none waits. The votes of a completed task
/// do not change any more, and a method gives the same answer for the same votes; so a replica that goes on for one
/// that died comes to the same decisions. The position is part of each batch's transaction, so nothing happens twice. A
/// task that would take too much memory is given up at once, and one that fails again and again after a while: neither
/// holds up others.
///
/// # Errors
/// If the database fails, or another replica has gone on with it meanwhile. What was decided stands.
pub async fn redecide_next(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let Some(at) = redecisions::claim(&mut *app.pool.acquire().await?, now, CLAIM).await? else { return Ok(false) };
    if at.attempts > MOST_ATTEMPTS {
        let problem = format!("it came to nothing {MOST_ATTEMPTS} times; subtasks has logged why");
        return give_up(app, &at, &problem).await.map(|()| true);
    }
    match carry_out(app, &at).await {
        Err(error) if error.reason() == Reason::TaskTooLarge => give_up(app, &at, error.message()).await?,
        // Whoever has gone on with it holds it.
        Err(error) if error.reason() == Reason::Conflict => return Err(error),
        Err(error) => {
            let pause = AGAIN_AFTER * i32::from(at.attempts);
            redecisions::hold(&mut *app.pool.acquire().await?, &at, app.clock.now() + pause).await?;
            return Err(error);
        }
        Ok(()) => {}
    }
    Ok(true)
}

async fn give_up(app: &App, at: &Redecision, problem: &str) -> Result<()> {
    tracing::warn!(task.id = %at.task_id, method = at.method, problem, "gave up deciding a task again");
    redecisions::give_up(&mut *app.pool.acquire().await?, at, problem, app.clock.now()).await
}

async fn carry_out(app: &App, at: &Redecision) -> Result<()> {
    let method: Method = at.method.parse().map_err(|_| unreadable("method"))?;
    let task = tasks::within(&mut *app.pool.acquire().await?, Reach::All, at.task_id).await?;
    let mut at = at.clone();
    if let Some(terms) = &task.terms {
        let made = holding(app, &at, make(app, &task, terms, method)).await?;
        at.images = made.order.len() as i64;
        for batch in made.behind(at.behind).chunks(BATCH) {
            at = decide(app, &at, &made.decide(batch), terms).await?;
        }
    }
    let (from, to) = (&at, &Redecision { finished_at: Some(app.clock.now()), ..at.clone() });
    let finish = run_tx(&app.pool, "redecided", |tx| Box::pin(async move { step(tx, app, from, to).await }));
    finish.await?;
    tracing::info!(task.id = %at.task_id, method = at.method, image.count = at.done, "decided a task again");
    Ok(())
}

/// Keeps other replicas away while something long is done.
async fn holding<T>(app: &App, at: &Redecision, work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = std::pin::pin!(work);
    let mut holds = tokio::time::interval(HOLD_EVERY);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = holds.tick() => {
                // Whoever takes it over in spite of that comes to the same.
                if let Err(error) = hold(app, at).await {
                    tracing::warn!(task.id = %at.task_id, error = %error, "can't keep a task that is decided again");
                }
            }
        }
    }
}

async fn hold(app: &App, at: &Redecision) -> Result<()> {
    redecisions::hold(&mut *app.pool.acquire().await?, at, app.clock.now() + CLAIM).await
}

/// What a method says of the images that have votes.
struct Made {
    method: Method,
    gathered: Gathered,
    estimate: Estimate,
    /// The items of the ledger in the order of their images' ids.
    order: Vec<usize>,
}

async fn make(app: &App, task: &OwnTask, terms: &Terms, method: Method) -> Result<Made> {
    let most = app.redeciding_bytes / VOTE_BYTES;
    let mut gathered = gather(app, task, terms, usize::try_from(most).unwrap_or(usize::MAX)).await?;
    if !gathered.whole {
        return Err(too_large(app, method, app.redeciding_bytes));
    }
    add_gold(app, task, terms, &mut gathered.ledger).await?;
    check_size(app, method, &gathered.ledger.table().size())?;
    // Nobody waits for it, so it waits for no turn.
    let computing = tokio::task::spawn_blocking(move || {
        let estimate = method.estimate_with(gathered.ledger.table(), gathered.ledger.known(), SEED);
        let mut order: Vec<usize> = (0..gathered.images.len()).collect();
        order.sort_unstable_by_key(|&item| gathered.images[item]);
        Made { method, gathered, estimate, order }
    });
    computing.await.map_err(Error::internal)
}

impl Made {
    /// The items of the images behind one.
    fn behind(&self, image: Uuid) -> &[usize] {
        &self.order[self.order.partition_point(|&item| self.gathered.images[item].uuid() <= image)..]
    }

    fn decide(&self, items: &[usize]) -> Vec<(SubtaskId, Decision)> {
        items.iter().filter_map(|&item| Some((self.gathered.images[item], self.decision(item)?))).collect()
    }

    fn decision(&self, item: usize) -> Option<Decision> {
        let label = |label: usize| Label(u16::try_from(label).unwrap_or(u16::MAX));
        let votes = self.gathered.ledger.table().of_item(item);
        let votes: Vec<Vote> =
            votes.map(|(operator, voted)| Vote { operator: Operator(operator as u128), label: label(voted) }).collect();
        self.estimate.decide(item, &votes, self.method.name())
    }
}

/// Decides a batch of images again and moves on behind them, in one transaction.
async fn decide(app: &App, at: &Redecision, batch: &[(SubtaskId, Decision)], terms: &Terms) -> Result<Redecision> {
    let made: HashMap<SubtaskId, &Decision> = batch.iter().map(|(image, decision)| (*image, decision)).collect();
    let ids: Vec<Uuid> = batch.iter().map(|(image, _)| image.uuid()).collect();
    let (made, ids, now) = (&made, &ids, app.clock.now());
    let moved = run_tx(&app.pool, "redecide_batch", |tx| {
        Box::pin(async move {
            let images = redecisions::lock_decided(tx, ids).await?;
            let by_votes: Vec<&Decided> = images.iter().filter(|image| is_by_votes(&image.rule)).collect();
            let (mut closed, mut changed) = (Vec::new(), 0);
            for image in by_votes {
                let Some(decision) = made.get(&image.subtask_id) else { continue };
                changed += i64::from(image.label.as_deref() != Some(terms.text(decision.label)));
                let version = image.version.unsigned_abs() + 1;
                let closing = Closing::again((*decision).clone());
                closed.push(Closed { subtask_id: image.subtask_id, version, closing });
            }
            let decided: Vec<Uuid> = closed.iter().map(|closed: &Closed| closed.subtask_id.uuid()).collect();
            closing::mark_closed(tx, &decided).await?;
            close(tx, &app.outbox, at.task_id, &closed, terms, now).await?;
            let to = Redecision {
                behind: ids.last().copied().unwrap_or(at.behind),
                done: at.done + ids.len() as i64,
                changed: at.changed + changed,
                ..at.clone()
            };
            step(tx, app, at, &to).await?;
            Ok(to)
        })
    })
    .await?;
    app.outbox.wake();
    Ok(moved)
}

/// Whether a rule decides by votes, and not by a person or by what was known before.
fn is_by_votes(rule: &str) -> bool {
    ![ADJUDICATED, IMPORTED, GOLD].contains(&rule)
}

async fn step(db: &mut PgConnection, app: &App, from: &Redecision, to: &Redecision) -> Result<()> {
    if redecisions::advance(db, from, to, app.clock.now() + CLAIM).await? {
        return Ok(());
    }
    Err(Error::new(Reason::Conflict, "another replica has gone on with it"))
}
