//! An attempt to sign in: looked at first, then counted from its beginning.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;
use sqlx::{PgConnection, PgPool};
use tracing::Instrument as _;

use crate::{
    domain::{Limits, Record, Subjects},
    store::attempts,
};

/// An attempt that was let in. Where the call ends before it has cost a computation, since its caller left or something
/// of ours is away, dropping this takes the count back. What has cost one stays counted, whoever left: else short
/// deadlines would be guesses for nothing.
#[derive(Debug)]
pub(super) struct Attempt {
    pool: PgPool,
    /// Whom it is counted against.
    subjects: Subjects,
    counted: bool,
}

impl Attempt {
    /// Counts an attempt and lets it pass while its subjects are within the limits, over all replicas. What is refused
    /// is not counted: nothing is written for it.
    ///
    /// # Errors
    /// TOO_MANY_ATTEMPTS.
    pub(super) async fn begin(pool: PgPool, subjects: Subjects, limits: Limits, now: DateTime<Utc>) -> Result<Self> {
        let record = attempts::look(&mut *pool.acquire().await?, &subjects, limits, now).await?;
        let subjects = subjects.counted(&record);
        limits.admit(&subjects, &record, now)?;
        // A task of its own: if the caller leaves while the database counts, the attempt is still made, and its drop
        // takes the count back.
        let counting = async move {
            count(&pool, &subjects, limits, now).await?;
            Ok::<_, Error>(Self { pool, subjects, counted: false })
        };
        tokio::spawn(counting.in_current_span()).await.map_err(Error::internal)?
    }

    /// From now on it costs a computation, and stays counted whatever becomes of its caller.
    pub(super) fn spend(&mut self) {
        self.counted = true;
    }

    /// Forgives a login that succeeded, with the transaction: what it was counted against starts afresh, and the
    /// account is familiar in its network. Of the network only this attempt is taken back; otherwise the owner of one
    /// account could try others without end.
    pub(super) async fn forgive(&self, db: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
        if let Some(place) = self.subjects.place() {
            attempts::remember(db, user, place, now).await?;
        }
        let network: Vec<_> = self.subjects.network().map(str::to_owned).into_iter().collect();
        attempts::forgive(db, &self.subjects.forgiven(), &network).await
    }

    /// Settles the attempt by its result: a wrong password stays counted, a failure of ours is taken back.
    pub(super) async fn settle<T>(mut self, result: &Result<T>) {
        self.counted = true;
        // Whoever is asked for a code has guessed the password, or knows it: the sign-in that follows forgives it.
        let stays = |error: &Error| matches!(error.reason(), Reason::CredentialsWrong | Reason::SecondFactorWanted);
        if result.as_ref().is_err_and(|error| !stays(error)) {
            // Where the deadline has passed, the call may end first: this goes on without it.
            let taken = tokio::spawn(take_back(self.pool.clone(), self.subjects.all()).in_current_span());
            if let Err(error) = taken.await {
                tracing::warn!(error = %error, "taking back an attempt to sign in broke off");
            }
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.counted {
            tokio::spawn(take_back(self.pool.clone(), self.subjects.all()));
        }
    }
}

/// Counts an attempt that was within the limits a moment ago, if it still is.
async fn count(pool: &PgPool, subjects: &Subjects, limits: Limits, now: DateTime<Utc>) -> Result<()> {
    run_tx(pool, "count_attempt", |tx| {
        Box::pin(async move {
            let mut counts = attempts::lock(tx, subjects, now).await?;
            counts.retain(|count| limits.counts(count, now));
            let record = Record { counts, familiar: false };
            limits.admit(subjects, &record, now)?;
            let next = subjects.all().into_iter().map(|subject| {
                let before = record.counts.iter().find(|count| count.subject == subject);
                limits.one_more(subject, before, now)
            });
            attempts::write(tx, &next.collect::<Vec<_>>()).await
        })
    })
    .await
}

async fn take_back(pool: PgPool, subjects: Vec<String>) {
    let done = async { attempts::take_back(&mut *pool.acquire().await?, &subjects).await };
    if let Err(error) = done.await {
        tracing::warn!(error = %error, "could not take back an attempt to sign in");
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use labelmesh_testkit::{TestDatabase, until};

    use super::*;

    const LIMITS: Limits = Limits {
        account: 3,
        network: 9,
        window: TimeDelta::minutes(15),
        longest_wait: TimeDelta::seconds(60),
        familiar_for: TimeDelta::days(30),
    };

    async fn failures(pool: &PgPool) -> i64 {
        let sum = "SELECT coalesce(sum(failures), 0)::bigint FROM attempt WHERE subject LIKE 'place:%'";
        sqlx::query_scalar(sum).fetch_one(pool).await.expect("a number")
    }

    #[tokio::test]
    async fn what_has_cost_a_computation_stays_counted_and_what_has_not_does_not() {
        let database = TestDatabase::create("auth", crate::migrate).await;
        let pool = database.pool();
        let begin = || {
            let subjects = Subjects::new("ada@example.com", "192.0.2.7".parse().ok());
            Attempt::begin(pool.clone(), subjects, LIMITS, DateTime::UNIX_EPOCH)
        };
        for given_up in 1..=3 {
            let mut attempt = begin().await.expect("within the limits");
            attempt.spend();
            drop(attempt);
            let unspent = if given_up < 3 { Some(begin().await.expect("within the limits")) } else { None };
            drop(unspent);
            until("the taking back", async || (failures(&pool).await == given_up).then_some(())).await;
        }
        let refused = begin().await.expect_err("three were spent");
        assert_eq!(refused.reason(), Reason::TooManyAttempts);
        assert_eq!(failures(&pool).await, 3);
    }
}
